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
// malformed hash), a preferred hash is computed and thrown away, so that the
// answer takes as long as a comparison. A wrong password for a pbkdf2 or bcrypt
// hash of a lower cost than preferred does the rest of the work as well
// (Django's harden_runtime). What remains: a hash by another algorithm, or of a
// higher cost, or by argon2 or scrypt at another cost, takes its own time, and so shows that such an
// account exists until its owner signs in and the hash is renewed. Sites to which that
// matters prefer the algorithm that most of their stored hashes have.
package passwordhash
