package config

import (
	"strconv"
	"strings"
	"time"

	"latchkey/domain/credentials"
)

// Limits bounds how often things may be tried.
type Limits struct {
	Throttle credentials.Limit // DRF's scope dj_rest_auth; zero: no limit
	Rates    RateLimits
	Named    NamedRates // every name of ACCOUNT_RATE_LIMITS with its rates, those of Rates where it has no own
}

// RateLimits says which of the named limits apply.
type RateLimits string

// The sets of limits.
const (
	RatesOn       RateLimits = "on"
	RatesUpstream RateLimits = "upstream" // only what dj-rest-auth with allauth has in these flows
	RatesOff      RateLimits = "off"
)

func throttleSettings() []Setting {
	return []Setting{
		setting("THROTTLE_RATE", "none", "DRF's rate of the scope `dj_rest_auth`, e.g. `5/min`", orNone(rate),
			func(c *Config) *credentials.Limit { return &c.Limits.Throttle }),
		later("LANGUAGE_CODE", "en-us", "", languageCode),
	}
}

// rateSettings has the one of allauth's names.
func rateSettings() []Setting {
	return []Setting{
		setting("ACCOUNT_RATE_LIMITS", "none", "limits by name, e.g. `{\"login\": \"30/m/ip\", \"signup\": false}`; a name replaces that of `RATE_LIMITS`; `false` = no limits. See [limits](#limits)",
			namedRates, func(c *Config) *NamedRates { return &c.Limits.Named }).computedAs("those of `RATE_LIMITS`"),
	}
}

func limitSettings() []Setting {
	return []Setting{
		setting("RATE_LIMITS", "on", "the limits that `ACCOUNT_RATE_LIMITS` begins with; `upstream` = only what dj-rest-auth with allauth has in these flows; `off` = none, only for tests",
			oneOf(RatesOn, RatesUpstream, RatesOff),
			func(c *Config) *RateLimits { return &c.Limits.Rates }),
	}
}

// languageCode knows the one language that there is.
var languageCode = simple(func(s string) (string, error) { return strings.ToLower(s), nil }, same)

var periods = map[time.Duration]string{time.Second: "sec", time.Minute: "min", time.Hour: "hour", day: "day"}

var rate = simple(credentials.ParseLimit, func(l credentials.Limit) string {
	return strconv.Itoa(l.Count) + "/" + periods[l.Per]
})
