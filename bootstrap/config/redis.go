package config

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"latchkey/domain/secret"
)

// Redis says where attempts are counted for all instances. The zero value: nowhere
// but in the database and in memory.
type Redis struct {
	Address  string // host:port; the host in lower case
	Username string // empty: the default user
	Password secret.String
	Database int
	TLS      bool
}

const redisPort = "6379"

var errRedisURL = advice("write redis://host:6379/0 or, with encryption, rediss://user:password@host:6379/0, with special characters of the password as %XX, or none")

func redisSettings() []Setting {
	return []Setting{
		setting("REDIS_URL", "none", "`redis://:pass@host:6379/0`, `rediss://user:pass@host`: Redis or Valkey counts wrong passwords and `THROTTLE_RATE`, for all instances", orNone(redisURL),
			func(c *Config) *Redis { return &c.Redis }).hidden(),
	}
}

var redisURL = simple(parseRedisURL, showRedisURL)

// parseRedisURL never passes on the errors of package url: they quote the password.
func parseRedisURL(s string) (Redis, error) {
	u, err := url.Parse(s)
	if err != nil || !clean(s) || u.Scheme != "redis" && u.Scheme != "rediss" || u.Opaque != "" || strings.ContainsAny(s, "?#") {
		return Redis{}, errRedisURL
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" {
		port = redisPort
	}
	if !validHost(host) || !validPort(port) || port == "0" {
		return Redis{}, errRedisURL
	}
	r := Redis{Address: net.JoinHostPort(host, port), TLS: u.Scheme == "rediss"}
	if number := strings.TrimPrefix(u.Path, "/"); number != "" {
		if r.Database, err = strconv.Atoi(number); err != nil || !validPort(number) {
			return Redis{}, errRedisURL
		}
	}
	return r.authenticate(u.User)
}

// authenticate takes a password without a user, which is Redis's older way.
func (r Redis) authenticate(user *url.Userinfo) (Redis, error) {
	if user == nil {
		return r, nil
	}
	password, _ := user.Password()
	if password == "" || !clean(user.Username()) || !clean(password) {
		return Redis{}, errRedisURL
	}
	r.Username, r.Password = user.Username(), secret.New(password)
	return r, nil
}

func showRedisURL(r Redis) string {
	scheme, user := "redis://", ""
	if r.TLS {
		scheme = "rediss://"
	}
	if !r.Password.Empty() {
		// As in EMAIL_URL, what is printed cannot be used as a password by mistake.
		user = url.User(r.Username).String() + ":" + redacted + "@"
	}
	return scheme + user + r.Address + "/" + strconv.Itoa(r.Database)
}

func (r Redis) inClear() bool {
	host, _, _ := net.SplitHostPort(r.Address)
	return r.Address != "" && !r.TLS && !loopback(host)
}
