package inspection

import "latchkey/application/ports"

// factorVerdicts are the verdicts on second factors and passkeys. The user name that a
// command asks for is told by auth_user, as the accounts are told by number alone.
var factorVerdicts = map[string]verdict{
	ports.OddFactorSealed: {Broken, "accounts have a second factor that no key opens: they are asked for a code, and none is good.",
		"If SECRET_KEY was changed, add the old one to SECRET_KEY_FALLBACKS. If that is lost, make sure who asks, and run: latchkey users reset-mfa <name> --by <you>."},
	ports.OddFactorForm: {Broken, "accounts have a second factor without a secret that can be one: they are asked for a code, and none is good.",
		"Make sure who asks, and run: latchkey users reset-mfa <name> --by <you>."},
	ports.OddFactorClear: {Warning, "accounts have a second factor in clear, as dj-rest-auth keeps it: a copy of the database is enough to make their codes.",
		"It stays so until they set up a new one: have them do so, or run: latchkey users reset-mfa <name> --by <you>. If a Django beside the service reads these rows, write MFA_DJANGO_COMPATIBLE=true."},
	ports.OddFactorSigned: {Warning, "accounts have a second factor whose secret no key of now has signed: it is good here, and Django fails on it.",
		"If SECRET_KEY was changed, add the old one to SECRET_KEY_FALLBACKS here and in Django's settings; else have them set up a new one."},
	ports.OddFactorOff: {Warning, "accounts have set up a second factor, and nobody asks for it: a password alone is enough to sign in.",
		"Write MFA=true."},
	ports.OddCodesSealed: {Warning, "accounts have recovery codes that no key opens: none is good.",
		"If SECRET_KEY was changed, add the old one to SECRET_KEY_FALLBACKS. If that is lost, have them make new ones (mfa/recovery-codes/regenerate/)."},
	ports.OddCodesForm: {Warning, "accounts have recovery codes that are stored in no known form: none is good.",
		"Have them make new ones (mfa/recovery-codes/regenerate/)."},
	ports.OddPasskeyForm: {Warning, "accounts have a passkey whose id or key cannot be one: nobody can sign in by it.",
		"Have them delete it and register a new one."},
}
