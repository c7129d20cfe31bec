package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"latchkey/domain/credentials"
)

// NamedRates are the rates of ACCOUNT_RATE_LIMITS by their names; a name without rates
// is not limited.
type NamedRates map[string][]credentials.Rate

// rateName is a name of ACCOUNT_RATE_LIMITS.
type rateName struct {
	name string
	// by says which ways of counting there are; empty: what it limits is not part of the service.
	by []credentials.Counted
	// on and upstream are the rates under RATE_LIMITS; empty for none.
	on, upstream string
}

const (
	byAddress = credentials.CountedByAddress
	byKey     = credentials.CountedByKey
	byUser    = credentials.CountedByUser
)

// rateNames are allauth's names, and behind them those of endpoints that it does not have.
//
// An office or a carrier stands behind one address, so that what counts by address is
// generous, and only stops machines; what counts by account is tight. What verifies a token
// gives nothing to guess, and other services call it for each of their own requests: it has no rate
// unless one is written.
var rateNames = []rateName{
	{"login", []credentials.Counted{byAddress}, "300/m/ip", ""},
	{"login_failed", []credentials.Counted{byAddress, byKey}, "60/m/ip,5/5m/key,50/d/key", ""},
	{"signup", []credentials.Counted{byAddress}, "60/m/ip", ""},
	{"reset_password", []credentials.Counted{byAddress, byKey}, "60/m/ip,5/h/key", ""},
	{"reset_password_from_key", []credentials.Counted{byAddress}, "60/m/ip", ""},
	{"confirm_email", []credentials.Counted{byKey}, "1/3m/key", "1/3m/key"},
	{"change_password", []credentials.Counted{byAddress, byUser}, "10/m/user", ""},
	{"verify_email", []credentials.Counted{byAddress}, "120/m/ip", ""},
	{"resend_email", []credentials.Counted{byAddress, byKey}, "60/m/ip,5/h/key", ""},
	{"social_login", []credentials.Counted{byAddress}, "300/m/ip", ""},
	{"token_refresh", []credentials.Counted{byAddress}, "1200/m/ip", ""},
	{"token_verify", []credentials.Counted{byAddress}, "", ""},
	// What allauth limits and the service does not have: a mapping can be taken over as it is.
	{name: "manage_email"}, {name: "change_phone"}, {name: "reauthenticate"}, {name: "request_login_code"}, {name: "verify_phone"},
}

// fill adds the rates of the names that were not written, as allauth does.
func (l *Limits) fill() {
	filled := NamedRates{}
	for _, n := range rateNames {
		filled[n.name] = mustRates(map[RateLimits]string{RatesOn: n.on, RatesUpstream: n.upstream}[l.Rates])
	}
	maps.Copy(filled, l.Named)
	l.Named = filled
}

func mustRates(text string) []credentials.Rate {
	if text == "" {
		return nil
	}
	rates, err := credentials.ParseRates(text)
	if err != nil {
		panic("rate: " + err.Error())
	}
	return rates
}

var namedRates = codec[NamedRates]{parse: parseNamedRates, show: showNamedRates}

const howToWriteRates = `write a mapping such as {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}, or false for no limits at all`

// parseNamedRates reads a mapping: in the environment as JSON writes it. "false" turns
// all limits off, as with allauth.
func parseNamedRates(n node) (NamedRates, error) {
	if n.kind == kindText && strings.HasPrefix(strings.TrimSpace(n.text), "{") {
		entries, err := parseYAML([]byte(n.text))
		if err != nil {
			return nil, advice(howToWriteRates)
		}
		n = node{kind: kindMapping, entries: entries}
	}
	switch {
	case n.kind == kindMapping:
		return readRates(n.entries)
	case n.kind == kindText && isNone(n.text):
		return nil, nil
	case n.kind == kindText && strings.EqualFold(strings.TrimSpace(n.text), "false"):
		return noRates(), nil
	}
	return nil, advice(howToWriteRates)
}

func noRates() NamedRates {
	off := NamedRates{}
	for _, n := range rateNames {
		off[n.name] = nil
	}
	return off
}

func readRates(entries []entry) (NamedRates, error) {
	read, problems := NamedRates{}, Problems(nil)
	for _, e := range entries {
		rates, problem := readRate(e)
		if _, twice := read[e.key]; twice {
			problem = fmt.Sprintf("%s stands there twice: write it once.", quote(e.key))
		}
		if problem != "" {
			problems = append(problems, problem)
		}
		read[e.key] = rates
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return read, nil
}

// readRate returns what is wrong with an entry; empty when nothing is.
func readRate(e entry) ([]credentials.Rate, string) {
	at := slices.IndexFunc(rateNames, func(n rateName) bool { return n.name == e.key })
	if at < 0 {
		return nil, unknownRate(e.key)
	}
	texts, err := e.value.elements()
	if err != nil {
		return nil, fmt.Sprintf("%s: %s.", e.key, err)
	}
	if len(texts) == 0 || len(texts) == 1 && strings.EqualFold(texts[0], "false") {
		return nil, ""
	}
	rates, err := credentials.ParseRates(strings.Join(texts, ","))
	if err != nil {
		return nil, fmt.Sprintf("%s: %s.", e.key, err)
	}
	return rates, rateNames[at].judge(rates)
}

func unknownRate(name string) string {
	if name == "reset_password_email" {
		return "reset_password_email is an older allauth's: write its rate behind that of reset_password, with key, as in 20/m/ip,5/m/key."
	}
	known := make([]string, len(rateNames))
	for i, n := range rateNames {
		known[i] = n.name
	}
	return fmt.Sprintf("%s is no name of a limit: write %s.", quote(name), alternatives(known))
}

// judge says which rate counts in a way that there is not: it would never be applied.
func (n rateName) judge(rates []credentials.Rate) string {
	for _, rate := range rates {
		if len(n.by) > 0 && !slices.Contains(n.by, rate.By) {
			return fmt.Sprintf("%s: %s cannot be counted by %s: write %s.", n.name, quote(rate.String()), rate.By, alternatives(n.by))
		}
	}
	return ""
}

func showNamedRates(named NamedRates) string {
	if named == nil {
		return "none"
	}
	shown := make([]string, 0, len(named))
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if rates := named[name]; len(rates) > 0 {
			shown = append(shown, fmt.Sprintf("%q: %q", name, joinRates(rates)))
		} else {
			shown = append(shown, fmt.Sprintf("%q: false", name))
		}
	}
	return "{" + strings.Join(shown, ", ") + "}"
}

func joinRates(rates []credentials.Rate) string {
	texts := make([]string, len(rates))
	for i, rate := range rates {
		texts[i] = rate.String()
	}
	return strings.Join(texts, ",")
}
