"""Django's own PBKDF2, for the many accounts whose test is not about hashes."""
from django.contrib.auth.hashers import PBKDF2PasswordHasher


class CheapPBKDF2PasswordHasher(PBKDF2PasswordHasher):
    iterations = 1200
