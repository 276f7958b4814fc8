"""hw1: naive Bayes and logistic regression for text."""
