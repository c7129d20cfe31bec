package config

import (
	"math"
	"time"
)

// The settings of work that is not there yet. They are known from the start, so
// that an existing configuration at its defaults loads, and any other value
// stops the start.

func factorSettings() []Setting {
	seconds, count := duration(time.Second, day), integer(0, math.MaxInt32)
	return []Setting{
		later("MFA", "false", "a second factor is demanded of those who set one up", boolean),
		later("MFA_EPHEMERAL_TOKEN_TIMEOUT", "300", "seconds", seconds),
		later("MFA_TOTP_DIGITS", "6", "", count),
		later("MFA_TOTP_PERIOD", "30", "seconds", count),
		later("MFA_TOTP_ISSUER", "", "", anything),
		later("MFA_RECOVERY_CODE_COUNT", "10", "", count),
		later("THROTTLE_RATE_MFA_VERIFY", "none", "DRF's rate of the scope `dj_rest_auth_mfa_verify`", anything),
	}
}
