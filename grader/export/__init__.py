"""What leaves in other people's formats. Derived from records, like the pages."""
