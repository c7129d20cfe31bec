"""Django's own hashers with other costs: what is tested is the format."""
from django.contrib.auth import hashers


class CheapPBKDF2PasswordHasher(hashers.PBKDF2PasswordHasher):
    iterations = 1200


class CheapPBKDF2SHA1PasswordHasher(hashers.PBKDF2SHA1PasswordHasher):
    iterations = 1200


class CheapArgon2PasswordHasher(hashers.Argon2PasswordHasher):
    memory_cost = 1024


class CheapBCryptSHA256PasswordHasher(hashers.BCryptSHA256PasswordHasher):
    rounds = 5


class CheapBCryptPasswordHasher(hashers.BCryptPasswordHasher):
    rounds = 5
