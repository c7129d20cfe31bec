// Package passwordhash makes and checks password hashes in Django's encodings:
// argon2, pbkdf2_sha256, pbkdf2_sha1, bcrypt_sha256, bcrypt and scrypt.
//
// A hash carries its algorithm and cost, so that hashes of different ages live
// side by side in one column. The first algorithm of the setting
// PASSWORD_HASHERS makes new hashes; the others are only checked. Rules for new
// passwords are the credentials domain's business.
//
// # Timing
//
// When there is nothing to compare with (no such account, an unusable or a
// malformed hash), a hash is computed and thrown away, so that the answer takes as long
// as a comparison. Where hashes by several algorithms or costs are stored, as in a
// database that another program filled, a refused password does the work of each
// that was met since the start: of pbkdf2 and bcrypt that of the highest cost (Django's
// harden_runtime), of argon2 and scrypt that of every cost, of four kinds at most. It costs as
// much as the sign-in that renews such a hash. What remains: the first
// refused password for a hash of a kind that no sign-in has shown yet.
package passwordhash
