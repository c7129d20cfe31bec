package kit

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/fx"

	"latchkey/adapters/ginhttp"
	"latchkey/adapters/smtpmail"
	"latchkey/application/delivery"
	"latchkey/application/ports"
	"latchkey/bootstrap"
	"latchkey/bootstrap/config"
)

// Service is a running service.
type Service struct {
	// URL is where it listens, without a slash at the end.
	URL string
	// Client talks to it. It keeps no cookies: give it a Jar to be a browser.
	Client   *http.Client
	Mailbox  *Mailbox
	Clock    *Clock
	Database string // path of the SQLite file, or URL of the PostgreSQL database
}

// startTimeout bounds how long the service may take to start, and to stop.
const startTimeout = 30 * time.Second

// App boots the service for the length of the test, on a new SQLite file unless an option says otherwise, behind a real TCP port.
// It fails the test when the service does not start.
func App(t testing.TB, options ...Option) *Service {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	p := newPlan(t, url, options)
	mailbox := &Mailbox{}
	server.Config = ginhttp.NewServer(start(t, p, mailbox))
	server.Start()
	t.Cleanup(server.Close)
	return &Service{URL: url, Client: server.Client(), Mailbox: mailbox, Clock: p.clock, Database: p.database}
}

func newPlan(t testing.TB, url string, options []Option) plan {
	t.Helper()
	folder := t.TempDir()
	p := plan{
		clock:    NewClock(time.Now()),
		database: filepath.Join(folder, "latchkey.sqlite3"),
		settings: map[string]string{
			"SECRET_KEY": "a-key-for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
			"DATA_DIR":   folder,
			"PUBLIC_URL": url,
			"LOG_LEVEL":  "warn",
			// Few rounds: a test that signs in often should not wait for hashes.
			"PASSWORD_HASHERS": "pbkdf2_sha256:1200,argon2,bcrypt_sha256,bcrypt,scrypt,pbkdf2_sha1",
		},
	}
	for _, option := range options {
		option(&p)
	}
	p.settings["DATABASE_URL"] = p.database
	if !strings.Contains(p.database, "://") {
		p.settings["DATABASE_URL"] = "sqlite://" + p.database
	}
	return p
}

// start assembles and starts the service and returns its handler.
func start(t testing.TB, p plan, mailbox *Mailbox) http.Handler {
	t.Helper()
	var handler http.Handler
	var composer *smtpmail.Composer
	var worker *delivery.Worker
	app := bootstrap.New(
		bootstrap.Configured(load(t, p)),
		bootstrap.Override[ports.Clock](p.clock),
		bootstrap.Override[ports.Mailer](mailbox),
		bootstrap.Handler(&handler),
		fx.Populate(&composer, &worker),
		fx.Options(p.fx...),
	)
	mailbox.composer, mailbox.deliver = composer, worker.DeliverDue
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := app.Start(ctx); err != nil {
		t.Fatalf("the service does not start: %v", err)
	}
	t.Cleanup(func() { stop(t, app) })
	return handler
}

func load(t testing.TB, p plan) config.Config {
	t.Helper()
	environment := make([]string, 0, len(p.settings))
	for name, value := range p.settings {
		environment = append(environment, "LATCHKEY_"+name+"="+value)
	}
	loaded, err := config.Load(p.file, environment)
	if err != nil {
		t.Fatalf("the settings are refused: %v", err)
	}
	return loaded
}

func stop(t testing.TB, app *fx.App) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := app.Stop(ctx); err != nil {
		t.Errorf("the service does not stop: %v", err)
	}
}
