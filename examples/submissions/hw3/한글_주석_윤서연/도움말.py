def 두배(수):
    return 2 * 수
