package inspection

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

var now = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)

// storage is what an inspection finds.
type storage struct {
	schema   ports.Schema
	hashes   []string
	odd      []ports.Oddity
	sessions []string
	now      time.Time
	failure  error
}

func (s storage) Schema(context.Context) (ports.Schema, error) { return s.schema, s.failure }
func (s storage) Hashes(context.Context, int) ([]secret.String, error) {
	return secrets(s.hashes), s.failure
}
func (s storage) Oddities(context.Context) ([]ports.Oddity, error) { return s.odd, s.failure }
func (s storage) Sessions(context.Context, time.Time, int) ([]secret.String, error) {
	return secrets(s.sessions), s.failure
}
func (s storage) Now(context.Context) (time.Time, error) { return s.now, s.failure }

func secrets(texts []string) (all []secret.String) {
	for _, text := range texts {
		all = append(all, secret.New(text))
	}
	return all
}

// seals open what begins with "signed".
type seals struct{ ports.SessionSeals }

func (seals) Open(text string, _ *sessions.WebSession) error {
	if !strings.HasPrefix(text, "signed") {
		return sessions.ErrSessionEnded
	}
	return nil
}

type clock struct{}

func (clock) Now() time.Time { return now }

// whole is a schema with everything in place.
func whole() ports.Schema {
	schema := ports.Schema{Ours: true, Sites: 1, Applied: map[string]string{"auth": "0012"}}
	for name, app := range map[string]string{"auth_user": "auth", "account_emailaddress": "account", "django_site": "sites",
		"django_session": "sessions", "socialaccount_socialtoken": "socialaccount"} {
		schema.Tables = append(schema.Tables, ports.SchemaTable{Name: name, App: app, There: true})
	}
	return schema
}

// without returns the schema as if the tables were not there.
func without(schema ports.Schema, names ...string) ports.Schema {
	for i := range schema.Tables {
		for _, name := range names {
			if schema.Tables[i].Name == name {
				schema.Tables[i].There = false
			}
		}
	}
	return schema
}

func with(schema ports.Schema, name string, missing, demanded []string) ports.Schema {
	for i := range schema.Tables {
		if schema.Tables[i].Name == name {
			schema.Tables[i].Missing, schema.Tables[i].Demanded = missing, demanded
		}
	}
	return schema
}

func examine(s storage, options Options) []Finding {
	options.Algorithms = []string{"argon2", "pbkdf2_sha256"}
	options.KeyWhere = "the setting SECRET_KEY"
	return NewDoctor(s, seals{}, clock{}, options).Examine(context.Background())
}

// worst returns the findings that are not good, as text.
func worst(found []Finding) (texts []string) {
	for _, f := range found {
		if f.Severity != Good {
			texts = append(texts, string(f.Severity)+" "+f.Check+": "+f.Sentence)
		}
	}
	return texts
}

func TestNothingIsFoundWhereAllIsWell(t *testing.T) {
	found := examine(storage{schema: whole(), hashes: []string{"argon2$x", "!y"}, sessions: []string{"signed"}, now: now}, Options{})
	require.Empty(t, worst(found))
	var checks []string
	for _, f := range found {
		checks = append(checks, f.Check)
	}
	require.Equal(t, []string{"schema", "migrations", "passwords", "rows", "secret key", "clock", "settings"}, checks)
	require.False(t, AnyBroken(found))
}

func TestWhatKeepsTheServiceFromASchema(t *testing.T) {
	long := strings.Repeat("x", 31)
	for name, c := range map[string]struct {
		schema ports.Schema
		needs  Needs
		expect string
	}{
		"a missing column":       {with(whole(), "auth_user", []string{"first_name"}, nil), Needs{}, "auth_user lacks the column first_name"},
		"a column to fill":       {with(whole(), "auth_user", nil, []string{"tenant", "plan"}), Needs{}, "demands a value in the columns tenant, plan"},
		"tokens of an app":       {with(whole(), "socialaccount_socialtoken", nil, []string{"app_id"}), Needs{StoreTokens: true}, "app_id"},
		"another user model":     {with(whole(), "", nil, nil), Needs{}, ""},
		"a name that is long":    {func() ports.Schema { s := whole(); s.ProviderLength = 30; return s }(), Needs{Providers: []string{long}}, long},
		"no site":                {func() ports.Schema { s := whole(); s.Sites = 0; return s }(), Needs{}, "django_site has no row"},
		"accounts that are gone": {without(whole(), "auth_user"), Needs{}, "auth_user is gone"},
	} {
		found := Unfit(c.schema, c.needs)
		if c.expect == "" {
			require.Empty(t, found, name)
			continue
		}
		require.Len(t, found, 1, name)
		require.Equal(t, Broken, found[0].Severity, name)
		require.Contains(t, found[0].Sentence, c.expect, name)
		require.NotEmpty(t, found[0].Advice, name)
	}
	require.Empty(t, Unfit(with(whole(), "socialaccount_socialtoken", nil, []string{"app_id"}), Needs{}), "nothing is written there")
	require.Empty(t, Unfit(ports.Schema{}, Needs{}), "a migration makes everything")
}

func TestAUserModelOfDjangosOwnIsToldBeforeAnythingIsMade(t *testing.T) {
	schema := without(whole(), "auth_user")
	schema.Ours = false
	found := Unfit(schema, Needs{})
	require.Len(t, found, 1)
	require.Contains(t, found[0].Sentence, "AUTH_USER_MODEL")
}

func TestAnAddressOfOneAccountIsAWarningWhereSeveralMayHaveIt(t *testing.T) {
	schema := whole()
	schema.ExclusiveEmail = true
	require.Empty(t, Unfit(schema, Needs{}))
	found := Unfit(schema, Needs{SharedEmail: true})
	require.Len(t, found, 1)
	require.Equal(t, Warning, found[0].Severity)
}

func TestAnAddressOfOneAccountIsAWarningWhereTakenOnesAreHidden(t *testing.T) {
	schema := whole()
	require.Empty(t, Unfit(schema, Needs{HidesTaken: true}))
	schema.ExclusiveEmail = true
	found := Unfit(schema, Needs{HidesTaken: true})
	require.Len(t, found, 1)
	require.Equal(t, Warning, found[0].Severity)
	require.Contains(t, found[0].Sentence, "ACCOUNT_PREVENT_ENUMERATION")
}

func TestRowsAreLeftAloneWhileTheSchemaIsNotFit(t *testing.T) {
	found := examine(storage{schema: with(whole(), "auth_user", []string{"password"}, nil), odd: []ports.Oddity{{Kind: ports.OddNames}}}, Options{})
	require.True(t, AnyBroken(found))
	for _, f := range found {
		require.NotContains(t, []string{"rows", "passwords", "secret key"}, f.Check)
	}
}

func TestTheKeyIsProvedByALiveSession(t *testing.T) {
	for name, c := range map[string]struct {
		sessions []string
		expect   Severity
		sentence string
	}{
		"it fits":        {[]string{"signed"}, Good, "prove the setting SECRET_KEY"},
		"it fits some":   {[]string{"signed", "other"}, Warning, "1 session of 2 live cookie sessions"},
		"it fits none":   {[]string{"other"}, Broken, "SECRET_KEY is not Django's"},
		"there are none": {nil, Good, "No cookie session is alive"},
	} {
		found := NewDoctor(storage{sessions: c.sessions}, seals{}, clock{}, Options{KeyWhere: "the setting SECRET_KEY"}).key(t.Context())
		require.Len(t, found, 1, name)
		require.Equal(t, c.expect, found[0].Severity, name)
		require.Contains(t, found[0].Sentence, c.sentence, name)
	}
	found := NewDoctor(storage{}, nil, clock{}, Options{}).key(t.Context())
	require.Equal(t, Warning, found[0].Severity)
}

// Passwords in clear are found where hashes belong.
func TestNoPartOfAStoredHashIsTold(t *testing.T) {
	found := examine(storage{schema: whole(), hashes: []string{"hunter2", "hunter2$tail", "", "argon2$hunter2", "md5$hunter2", "!hunter2"}}, Options{})
	text, err := json.Marshal(found)
	require.NoError(t, err)
	require.NotContains(t, string(text), "hunter2")
	require.Contains(t, string(text), "argon2 1, empty 1, md5 1, unknown 2, unusable 1")
	require.Equal(t, []string{
		"warning passwords: 1 account has an empty password: no password fits.",
		"warning passwords: 1 account has a hash by md5, which PASSWORD_HASHERS does not list: no password fits.",
		"warning passwords: 2 accounts have a password hash in no known form: no password fits.",
	}, worst(found))
}

func TestEveryKindOfOddityHasASentence(t *testing.T) {
	kinds := []string{ports.OddNames, ports.OddAddresses, ports.OddVerified, ports.OddPrimaries, ports.OddAddressOwner, ports.OddTokenOwner, ports.OddLoginOwner, ports.OddPasskeyOwner,
		ports.OddFactorOwner, ports.OddFactorTwice, ports.OddFactorType, ports.OddCodesAlone}
	require.Len(t, verdicts, len(kinds))
	for _, kind := range kinds {
		odd := []ports.Oddity{{Kind: kind, Count: 9, Examples: []accounts.ID{3, 4}}}
		found := NewDoctor(storage{odd: odd}, seals{}, clock{}, Options{}).rows(t.Context())
		require.Len(t, found, 1)
		require.NotEqual(t, Good, found[0].Severity)
		require.True(t, strings.HasPrefix(found[0].Sentence, "9 accounts"), found[0].Sentence)
		require.Contains(t, found[0].Advice, "(auth_user.id: 3, 4 …)")
	}
	shared := Options{Needs: Needs{SharedEmail: true}}
	found := NewDoctor(storage{odd: []ports.Oddity{{Kind: ports.OddVerified, Count: 2}}}, seals{}, clock{}, shared).rows(t.Context())
	require.Equal(t, Good, found[0].Severity, "the setting allows it")
}

func TestClocksMayDifferALittle(t *testing.T) {
	for drift, expect := range map[time.Duration]Severity{0: Good, 4 * time.Second: Good, 6 * time.Second: Warning, -time.Hour: Warning} {
		found := NewDoctor(storage{now: now.Add(drift)}, seals{}, clock{}, Options{}).time(t.Context())
		require.Equal(t, expect, found[0].Severity, drift)
	}
}

func TestWhatCannotBeExaminedIsBroken(t *testing.T) {
	found := examine(storage{failure: errors.New("no")}, Options{Warnings: []string{"Careful."}})
	require.Equal(t, []string{"broken database: This could not be examined: no.", "warning settings: Careful."}, worst(found))
}

func TestPendingMigrationsAndProbesAreTold(t *testing.T) {
	schema := whole()
	schema.Pending = []string{"the index latchkey_x"}
	probe := func(check string, err error) Probe {
		return Probe{Check: check, Subject: "It", Advice: "Look.", Try: func(context.Context) error { return err }}
	}
	found := examine(storage{schema: schema}, Options{Probes: []Probe{probe("mail", nil), probe("provider x", errors.New("silence"))}})
	require.Equal(t, []string{"warning migrations: To do: the index latchkey_x.", "broken provider x: It cannot be used: silence."}, worst(found))

	schema.Ours = false
	require.Equal(t, []string{"warning migrations: The service has not migrated this database yet."}, worst(examine(storage{schema: schema}, Options{})))
}

func TestAdoptionIsToldInSentences(t *testing.T) {
	require.Contains(t, Adoption(ports.Schema{})[0], "The database is empty")
	require.Empty(t, Adoption(whole()))
	again := whole()
	again.Pending = []string{"the migration 5"}
	require.Contains(t, Adoption(again)[0], "the migration 5")

	theirs := without(whole(), "socialaccount_socialtoken")
	theirs.Ours, theirs.Accounts, theirs.Applied = false, 1, map[string]string{"auth": "0012_x"}
	told := strings.Join(Adoption(theirs), "\n")
	require.Contains(t, told, "Django made this database")
	require.Contains(t, told, "auth (up to 0012_x)")
	require.Contains(t, told, "It has 1 account;")
	require.Contains(t, told, "Not there, and made as Django makes them: the tables of socialaccount.")
	theirs.Applied = nil
	require.Contains(t, Adoption(theirs)[0], "without its table django_migrations")
}
