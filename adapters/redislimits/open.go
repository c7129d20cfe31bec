package redislimits

import (
	"crypto/tls"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"latchkey/domain/secret"
)

// Config says where Redis is.
type Config struct {
	Address  string // host:port
	Username string // empty: the default user
	Password secret.String
	Database int
	TLS      bool
}

// The bounds of one call: requests must not pile up behind a Redis that is gone.
const (
	dialTimeout = 2 * time.Second
	ioTimeout   = time.Second
	connections = 10
	maxIdle     = 5 * time.Minute
)

// silence keeps the driver from writing to standard error beside the log, in a format
// of its own. The driver has one logger for the process.
var silence = sync.OnceFunc(logging.Disable)

// New returns counters that connect when they are first asked.
func New(cfg Config, log *slog.Logger) *Limits {
	silence()
	return &Limits{client: redis.NewClient(options(cfg)), log: log}
}

// options try everything once: an attempt whose answer was lost may have been counted,
// and would be counted twice.
func options(cfg Config) *redis.Options {
	o := &redis.Options{
		Addr:     cfg.Address,
		Username: cfg.Username,
		Password: cfg.Password.Reveal(),
		DB:       cfg.Database,

		DialTimeout:           dialTimeout,
		ReadTimeout:           ioTimeout,
		WriteTimeout:          ioTimeout,
		PoolTimeout:           ioTimeout,
		ContextTimeoutEnabled: true,
		MaxRetries:            -1,
		DialerRetries:         1,
		PoolSize:              connections,
		ConnMaxIdleTime:       maxIdle,

		// Nothing is asked of the server that an older Redis or Valkey would not know.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if cfg.TLS {
		host, _, _ := net.SplitHostPort(cfg.Address)
		o.TLSConfig = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	}
	return o
}
