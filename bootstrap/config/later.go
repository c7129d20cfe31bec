package config

import "time"

// The settings of work that is not there yet. They are known from the start, so
// that an existing configuration at its defaults loads, and any other value
// stops the start.

func passkeySettings() []Setting {
	seconds := duration(time.Second, day)
	return []Setting{
		later("PASSKEYS", "false", "passkeys can be registered and used", boolean),
		later("PASSKEY_RP_ID", "none", "`none` = from `PUBLIC_URL`", anything),
		later("PASSKEY_RP_NAME", "none", "`none` = `SITE_NAME`", anything),
		later("PASSKEY_RP_ORIGINS", "none", "`none` = from `PUBLIC_URL`", anything),
		later("PASSKEY_CHALLENGE_TIMEOUT", "300", "seconds", seconds),
	}
}
