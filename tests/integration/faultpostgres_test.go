package integration

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/postgres"
)

// faultDatabase is a PostgreSQL database behind a proxy, and a way around it.
type faultDatabase struct {
	*faultProxy
	name  string
	admin *sql.DB
}

// faultPostgres makes a database whose owner is no superuser.
func faultPostgres(t *testing.T) (d *faultDatabase, setting string) {
	t.Helper()
	direct, err := url.Parse(postgres.Empty(t))
	require.NoError(t, err)
	socket := direct.Query().Get("host") + "/.s.PGSQL.5432"
	d = &faultDatabase{name: strings.TrimPrefix(direct.Path, "/")}
	d.faultProxy = faultProxyTo(t, func() (net.Conn, error) {
		return new(net.Dialer).DialContext(context.Background(), "unix", socket)
	})
	d.admin, err = sql.Open("pgx", direct.String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.admin.Close() })
	role := "owner_of_" + d.name
	d.exec(t, `CREATE ROLE `+role+` LOGIN`, `ALTER DATABASE `+d.name+` OWNER TO `+role)
	t.Cleanup(func() {
		_, _ = d.admin.ExecContext(context.Background(), `ALTER DATABASE `+d.name+` OWNER TO latchkey`)
	})
	return d, fmt.Sprintf("DATABASE_URL=postgres://%s@%s/%s?sslmode=disable", role, d.address, d.name)
}

func (d *faultDatabase) exec(t *testing.T, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		_, err := d.admin.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// dismiss ends all sessions of the service, as a server that shuts down does, and waits until
// they have ended: one that is told to end may answer once more.
func (d *faultDatabase) dismiss(t *testing.T) {
	t.Helper()
	d.exec(t, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'latchkey'`)
}

// pgFatal is how a server turns somebody away who connects.
func pgFatal(code, text string) []byte {
	fields := "SFATAL\x00VFATAL\x00C" + code + "\x00M" + text + "\x00\x00"
	size := len(fields) + 4
	return append([]byte{'E', byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size)}, fields...)
}

// full makes every change fail as on a disk that is full.
const full = `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$;
	DO $$ DECLARE name text; BEGIN FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
		EXECUTE format('CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION full_disk()', name);
	END LOOP; END $$`

// faultsOfPostgres breaks a database and mends it again, each in its own way.
var faultsOfPostgres = map[string]struct {
	hit, mend func(t *testing.T, d *faultDatabase)
	readable  bool // while it lasts
}{
	"nobody listens": {
		func(_ *testing.T, d *faultDatabase) { d.refuse() },
		func(t *testing.T, d *faultDatabase) { d.accept(t) }, false,
	},
	"it takes what is sent and is silent": {
		func(_ *testing.T, d *faultDatabase) { d.set(faultHang) },
		func(_ *testing.T, d *faultDatabase) { d.set(faultNone) }, false,
	},
	"it answers after the deadline": {
		func(_ *testing.T, d *faultDatabase) { d.set(faultSlow) },
		func(_ *testing.T, d *faultDatabase) { d.set(faultNone) }, false,
	},
	"it is starting up": {
		func(_ *testing.T, d *faultDatabase) {
			d.greet(pgFatal("57P03", "the database system is starting up"))
			d.cutAll()
		},
		func(_ *testing.T, d *faultDatabase) { d.greet(nil) }, false,
	},
	"it has too many connections": {
		func(t *testing.T, d *faultDatabase) {
			d.exec(t, `ALTER ROLE owner_of_`+d.name+` CONNECTION LIMIT 0`)
			d.dismiss(t)
		},
		func(t *testing.T, d *faultDatabase) { d.exec(t, `ALTER ROLE owner_of_`+d.name+` CONNECTION LIMIT -1`) }, false,
	},
	"it became a standby": {
		func(t *testing.T, d *faultDatabase) {
			d.exec(t, `ALTER DATABASE `+d.name+` SET default_transaction_read_only = on`)
			d.dismiss(t)
		},
		func(t *testing.T, d *faultDatabase) {
			d.exec(t, `SET default_transaction_read_only = off`, `ALTER DATABASE `+d.name+` RESET default_transaction_read_only`)
			d.dismiss(t)
		}, true,
	},
	"its disk is full": {
		func(t *testing.T, d *faultDatabase) { d.exec(t, full) },
		func(t *testing.T, d *faultDatabase) { d.exec(t, `DROP FUNCTION full_disk() CASCADE`) }, true,
	},
}

func TestAnOutageOfPostgresIsToldAndEndsByItself(t *testing.T) {
	for name, fault := range faultsOfPostgres {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, setting := faultPostgres(t)
			d.admin.SetMaxOpenConns(1)
			p := processStart(t, t.TempDir(), append(slices.Clone(faultSettings), setting)...)
			ada := processPerson{name: "ada", current: "correct-horse-9"}
			status, answer := p.register(ada.name, ada.current)
			require.Equal(t, http.StatusCreated, status, answer)
			token := processKey(answer)
			p.requireReady(t)

			fault.hit(t, d)
			p.all(faultReads(token), 1) // whoever notices first
			for what, answers := range p.all(faultWrites(&ada, token), 4) {
				for _, answer := range answers {
					requireDown(t, what, answer, faultUnknown)
				}
			}
			for what, answers := range p.all(faultReads(token), 12) {
				for _, answer := range answers {
					if fault.readable {
						require.Equal(t, http.StatusOK, answer.status, answer.body)
						continue
					}
					requireDown(t, what, answer)
				}
			}
			p.requireAlive(t)
			p.requireUnready(t, "database")

			fault.mend(t, d)
			p.requireReady(t)
			p.requireInEffect(t, ada)
			status, answer = p.register("bob", "correct-horse-9")
			require.Equal(t, http.StatusCreated, status, answer)
			for _, answer := range p.all(faultReads(token), 12)["user"] {
				require.Equal(t, http.StatusOK, answer.status, answer.body)
			}
			p.requireQuietLog(t)
		})
	}
}

// Sessions that the server ends are no outage to anybody who comes later.
func TestSessionsThatPostgresEndsAreMadeAnew(t *testing.T) {
	d, setting := faultPostgres(t)
	p := processStart(t, t.TempDir(), append(slices.Clone(faultSettings), setting)...)
	status, answer := p.register("ada", "correct-horse-9")
	require.Equal(t, http.StatusCreated, status, answer)
	for range 5 {
		p.all(faultReads(processKey(answer)), 12)
		d.dismiss(t)
		for _, answer := range p.all(faultReads(processKey(answer)), 12)["user"] {
			require.Contains(t, []int{http.StatusOK, http.StatusServiceUnavailable}, answer.status, answer.body)
		}
		require.Equal(t, http.StatusOK, p.ask(http.MethodGet, "/dj-rest-auth/user/", processKey(answer), nil).status)
	}
	require.LessOrEqual(t, p.outages(), 1)
	require.NotContains(t, p.errors.String(), "status=500")
}

// A commit whose answer is lost may be in effect or not. It is neither told to have
// succeeded nor tried again.
func TestACommitWithoutAnAnswerIsToldAsSuch(t *testing.T) {
	for name, c := range map[string]struct {
		cut    faultCut
		stored string
		again  int
	}{
		"it never arrived": {faultCutBefore, "0", http.StatusCreated},
		"it was done":      {faultCutAfter, "1", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			d, setting := faultPostgres(t)
			p := processStart(t, t.TempDir(), append(slices.Clone(faultSettings), setting, "CLEANUP_INTERVAL=none")...)
			d.cutOnce("commit\x00", c.cut)
			requireUndecided(t, p.ask(http.MethodPost, "/dj-rest-auth/registration/", "", faultAda))
			require.Equal(t, []string{c.stored}, processTexts(t, d.admin, `SELECT COUNT(*)::text FROM auth_user`))
			require.Equal(t, []string{c.stored}, processTexts(t, d.admin, `SELECT COUNT(*)::text FROM account_emailaddress`))

			answer := p.ask(http.MethodPost, "/dj-rest-auth/registration/", "", faultAda)
			require.Equal(t, c.again, answer.status, answer.body)
			p.requireInEffect(t, processPerson{name: "ada", current: faultAda["password1"]})
			require.Equal(t, []string{"1"}, processTexts(t, d.admin, `SELECT COUNT(*)::text FROM auth_user`))
			p.requireReady(t)
		})
	}
}

var faultAda = map[string]string{
	"username": "ada", "email": "ada@example.com", "password1": "correct-horse-9", "password2": "correct-horse-9",
}

func requireUndecided(t *testing.T, answer faultAnswer) {
	t.Helper()
	require.Equal(t, http.StatusServiceUnavailable, answer.status, answer.body)
	require.Equal(t, faultUnknown, answer.body)
	require.Less(t, answer.took, faultBound)
}

// A stranger who waits for a database that is gone must not be able to fill the disk.
func TestADatabaseThatFailsNowAndThenFillsNoLog(t *testing.T) {
	d, setting := faultPostgres(t)
	p := processStart(t, t.TempDir(), append(slices.Clone(faultSettings), setting, "LOG_LEVEL=warn")...)
	nobody := map[string]string{"username": "nobody", "password": "correct-horse-9"}
	for range 20 {
		d.refuse()
		require.Eventually(t, func() bool {
			return p.ask(http.MethodPost, "/dj-rest-auth/login/", "", nobody).status == http.StatusServiceUnavailable
		}, 10*time.Second, time.Millisecond)
		d.accept(t)
		require.Eventually(t, func() bool {
			return p.ask(http.MethodPost, "/dj-rest-auth/login/", "", nobody).status == http.StatusBadRequest
		}, 10*time.Second, time.Millisecond)
	}
	require.LessOrEqual(t, p.outages(), 2, p.errors.String())
}
