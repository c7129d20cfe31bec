package config

import (
	"net/url"
	"runtime"
	"strings"
	"time"

	"latchkey/adapters/passwordhash"
	"latchkey/adapters/system"
	"latchkey/domain/credentials"
)

// Passwords says how passwords are judged, hashed and reset.
type Passwords struct {
	Hashers      Hashers
	Validators   Validators
	ResetTimeout time.Duration // whole seconds
	PwnedURL     PwnedURL      // empty: nobody is asked
	Workers      int           // how many passwords are hashed at once, at least 1
	Queue        int           // how many more may wait, at least 1
	QueueTimeout time.Duration // how long each waits at most; whole seconds
}

// Hashers is PASSWORD_HASHERS: the first makes new hashes.
type Hashers struct {
	Texts       []string // as written
	Preferences []passwordhash.Preference
}

// PwnedURL is PWNED_PASSWORDS_URL: where the prefix of a password's digest is appended.
type PwnedURL string

// pwnedOverHTTPS: on this machine nobody listens on the way.
func (p Passwords) pwnedOverHTTPS() bool {
	u, err := url.Parse(string(p.PwnedURL))
	return err == nil && (u.Scheme == "https" || loopback(u.Hostname()))
}

// Validators is AUTH_PASSWORD_VALIDATORS; without Rules every password is good.
type Validators struct {
	Texts []string // as written
	Rules []credentials.Rule
}

// waitingPerWorker is so many that they are served before the queue's deadline by workers of
// common speed, and a storm of that many clients sees no refusal.
const waitingPerWorker = 32

func (p *Passwords) derive() {
	if p.Workers == 0 {
		p.Workers = p.Hashers.workers(runtime.GOMAXPROCS(0), system.MemoryLimit())
	}
	if p.Queue == 0 {
		p.Queue = waitingPerWorker * p.Workers
	}
}

// workers is one for each core, and no more than half of the memory holds hashes for: the
// kernel ends a process that takes more than it may, and everybody's login with it. The
// dearest algorithm counts: a stranger needs but the name of an account that has such a hash.
// Without a known limit the cores decide.
func (h Hashers) workers(cores int, memory uint64) int {
	if memory == 0 {
		return cores
	}
	return int(max(1, min(uint64(cores), memory/2/h.Memory()))) //nolint:gosec // at most the cores
}

// Memory returns how many bytes the dearest hash takes while it is computed.
func (h Hashers) Memory() uint64 {
	dearest := uint64(1)
	for _, preference := range h.Preferences {
		dearest = max(dearest, preference.Memory())
	}
	return dearest
}

func passwordSettings() []Setting {
	return []Setting{
		setting("PASSWORD_HASHERS", "argon2,pbkdf2_sha256,pbkdf2_sha1,bcrypt_sha256,bcrypt,scrypt",
			"first = for new hashes; the others are verified, and upgraded at login; a cost may follow a colon: "+
				"`pbkdf2_sha256:1200000`, `argon2:m=19456;t=2;p=1`, `bcrypt_sha256:12`", hashers,
			func(c *Config) *Hashers { return &c.Passwords.Hashers }),
		setting("AUTH_PASSWORD_VALIDATORS", "similarity,length:8,common,numeric", "`none` = no rule", validators,
			func(c *Config) *Validators { return &c.Passwords.Validators }),
		setting("PASSWORD_RESET_TIMEOUT", "259200", "seconds", duration(time.Second, 365*day),
			func(c *Config) *time.Duration { return &c.Passwords.ResetTimeout }),
	}
}

func pwnedSettings() []Setting {
	return []Setting{
		setting("PWNED_PASSWORDS_URL", "none", "refuse new passwords that were in a data breach: `https://api.pwnedpasswords.com/range/`, which gets five characters of a digest; "+
			"where it does not answer within 1.5 seconds passwords pass, and the log says so", orNone(pwnedURL),
			func(c *Config) *PwnedURL { return &c.Passwords.PwnedURL }),
	}
}

var pwnedURL = simple(func(s string) (PwnedURL, error) {
	u, ok := httpURL(s)
	if !ok || strings.ContainsAny(s, "?#") || !strings.HasSuffix(u.Path, "/") {
		return "", advice("write an http or https URL that ends with a slash, such as https://api.pwnedpasswords.com/range/, or none")
	}
	return PwnedURL(u.String()), nil
}, func(u PwnedURL) string { return string(u) })

func workerSettings() []Setting {
	return []Setting{
		setting("HASH_WORKERS", "none", "how many passwords are hashed at once", orNone(integer(1, 1024)),
			func(c *Config) *int { return &c.Passwords.Workers }).computedAs("number of cores; fewer where half of the memory does not hold so many hashes"),
		setting("HASH_QUEUE", "none", "how many more may wait for that; others are answered 503 at once", orNone(integer(1, 65536)),
			func(c *Config) *int { return &c.Passwords.Queue }).computedAs("32 for each of `HASH_WORKERS`"),
		setting("HASH_QUEUE_TIMEOUT", "3", "seconds that each waits at most before it is answered 503", duration(time.Second, time.Minute),
			func(c *Config) *time.Duration { return &c.Passwords.QueueTimeout }),
	}
}

var hashers = codec[Hashers]{
	parse: func(n node) (Hashers, error) {
		texts, err := n.elements()
		if err == nil && len(texts) == 0 {
			err = advice("write at least one algorithm, such as argon2")
		}
		if err != nil {
			return Hashers{}, err
		}
		return parseHashers(texts)
	},
	show: func(h Hashers) string { return showList(h.Texts, same) },
}

func parseHashers(texts []string) (Hashers, error) {
	result, seen := Hashers{Texts: texts}, map[passwordhash.Algorithm]bool{}
	for _, s := range texts {
		preference, err := passwordhash.ParsePreference(s)
		if err != nil {
			return Hashers{}, err
		}
		if seen[preference.Algorithm()] {
			return Hashers{}, advice("write every algorithm once")
		}
		seen[preference.Algorithm()] = true
		result.Preferences = append(result.Preferences, preference)
	}
	return result, nil
}

// validators reads "none" as no rule. The empty text is refused, so that a
// variable that was emptied by mistake does not let every password through.
var validators = codec[Validators]{
	parse: func(n node) (Validators, error) {
		texts, err := n.elements()
		if err != nil {
			return Validators{}, err
		}
		if len(texts) == 0 && strings.TrimSpace(n.plain()) != "" {
			return Validators{}, nil
		}
		rules, err := credentials.ParseRules(texts)
		if err != nil {
			return Validators{}, err
		}
		return Validators{Texts: texts, Rules: rules}, nil
	},
	show: func(v Validators) string { return showList(v.Texts, same) },
}
