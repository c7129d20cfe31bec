package config

import (
	"math"
	"time"
)

// The settings of work that is not there yet. They are known from the start, so
// that an existing configuration at its defaults loads, and any other value
// stops the start.

func jwtEndpointSettings() []Setting {
	return []Setting{
		later("JWT_AUTH_COOKIE", "none", "name of the access token's cookie", anything),
		later("JWT_AUTH_REFRESH_COOKIE", "none", "name of the refresh token's cookie", anything),
		later("JWT_AUTH_REFRESH_COOKIE_PATH", "/", "", anything),
		later("JWT_AUTH_SECURE", "false", "", boolean),
		later("JWT_AUTH_HTTPONLY", "true", "and then the refresh token is left out of the login body", boolean),
		later("JWT_AUTH_SAMESITE", "Lax", "`Strict`, `Lax`, `None`, `none-set`", sameSite),
		later("JWT_AUTH_COOKIE_DOMAIN", "none", "", anything),
		later("JWT_AUTH_RETURN_EXPIRATION", "false", "`access_expiration`, `refresh_expiration` in the login answer", boolean),
		later("JWT_AUTH_COOKIE_USE_CSRF", "false", "CSRF check when the cookie authenticates", boolean),
		later("JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED", "false", "CSRF check whenever no header is sent", boolean),
		later("JWT_FIELD_NAMES", "v4", "`v4` = `access`/`refresh`; `v3` = `access_token`/`refresh_token` as before dj-rest-auth 4.0; `both`", oneOf("v4", "v3", "both")),
		later("JWT_TRANSPORT", "none", "`cookie`, `body`, `both`: overrides what HTTPONLY implies for the body", orNone(oneOf("cookie", "body", "both"))),
	}
}

func factorSettings() []Setting {
	seconds, count := duration(time.Second, day), integer(0, math.MaxInt32)
	return []Setting{
		later("MFA", "false", "a second factor is demanded of those who set one up", boolean),
		later("PASSKEYS", "false", "passkeys can be registered and used", boolean),
		later("MFA_EPHEMERAL_TOKEN_TIMEOUT", "300", "seconds", seconds),
		later("MFA_TOTP_DIGITS", "6", "", count),
		later("MFA_TOTP_PERIOD", "30", "seconds", count),
		later("MFA_TOTP_ISSUER", "", "", anything),
		later("MFA_RECOVERY_CODE_COUNT", "10", "", count),
		later("PASSKEY_RP_ID", "none", "`none` = from `PUBLIC_URL`", anything),
		later("PASSKEY_RP_NAME", "none", "`none` = `SITE_NAME`", anything),
		later("PASSKEY_RP_ORIGINS", "none", "`none` = from `PUBLIC_URL`", anything),
		later("PASSKEY_CHALLENGE_TIMEOUT", "300", "seconds", seconds),
		later("THROTTLE_RATE_MFA_VERIFY", "none", "DRF's rate of the scope `dj_rest_auth_mfa_verify`", anything),
	}
}

func jwtSettings() []Setting {
	lifetime := duration(time.Second, 3650*day)
	return []Setting{
		later("ACCESS_TOKEN_LIFETIME", "5m", "", lifetime),
		later("REFRESH_TOKEN_LIFETIME", "24h", "", lifetime),
		later("ROTATE_REFRESH_TOKENS", "false", "", boolean),
		later("BLACKLIST_AFTER_ROTATION", "false", "", boolean),
		later("UPDATE_LAST_LOGIN", "false", "", boolean),
		later("TOKEN_BLACKLIST", "false", "the blacklist app is installed", boolean),
		later("ALGORITHM", "HS256", "", anything),
		later("SIGNING_KEY", "none", "`none` = `SECRET_KEY`", anything).hidden(),
		later("VERIFYING_KEY", "none", "", anything),
		later("AUDIENCE", "none", "", anything),
		later("ISSUER", "none", "", anything),
		later("LEEWAY", "0", "seconds", duration(0, day)),
		later("AUTH_HEADER_TYPES", "Bearer", "", anything),
		later("USER_ID_FIELD", "id", "", anything),
		later("USER_ID_CLAIM", "user_id", "", anything),
		later("CHECK_REVOKE_TOKEN", "false", "", boolean),
		later("REVOKE_TOKEN_CLAIM", "hash_password", "", anything),
	}
}

func presetSettings() []Setting {
	return []Setting{
		later("PRESET", "compat", "`secure` = safer defaults in one word", oneOf("compat", "secure")),
	}
}
