package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// djangoRow is one line of the two-way table: what one side made, the other takes.
type djangoRow struct {
	name           string
	djangoMade     func(t *testing.T, s *djangoSides)
	latchkeyMade   func(t *testing.T, s *djangoSides)
	onlyDjangoDoes string // why nothing of Latchkey's is to be tried
}

// djangoTable is the two-way table but for its rows of password hashes.
var djangoTable = []djangoRow{
	{name: "no password", djangoMade: unusableOfDjango, latchkeyMade: unusableOfLatchkey},
	{name: "API token", djangoMade: apiTokenOfDjango, latchkeyMade: apiTokenOfLatchkey},
	{name: "session cookie", djangoMade: sessionOfDjango, latchkeyMade: sessionOfLatchkey},
	{name: "CSRF cookie and token", djangoMade: csrfOfDjango, latchkeyMade: csrfOfLatchkey},
	{name: "password reset link", djangoMade: resetOfDjango, latchkeyMade: resetOfLatchkey},
	{name: "e-mail confirmation key", djangoMade: emailKeyOfDjango, latchkeyMade: emailKeyOfLatchkey},
	{name: "address that another account claims", djangoMade: addressOfDjango, latchkeyMade: addressOfLatchkey},
	{name: "JSON web token", djangoMade: jwtOfDjango, latchkeyMade: jwtOfLatchkey},
	{name: "JSON web token blacklist", djangoMade: blacklistOfDjango, latchkeyMade: blacklistOfLatchkey},
	{name: "social account", djangoMade: identityOfDjango, latchkeyMade: identityOfLatchkey},
	{name: "profile", djangoMade: profileOfDjango, latchkeyMade: profileOfLatchkey},
	{name: "last login", djangoMade: lastLoginOfDjango, latchkeyMade: lastLoginOfLatchkey},
	{name: "deactivation", djangoMade: deactivationByDjango, onlyDjangoDoes: "no endpoint deactivates"},
	{name: "deletion", djangoMade: deletionByDjango, onlyDjangoDoes: "no endpoint deletes"},
}

// TestDjangoBesideLatchkey runs Django and Latchkey on one database, whichever came first.
func TestDjangoBesideLatchkey(t *testing.T) {
	djangoInstalled(t)
	for kind, empty := range djangoDatabases {
		t.Run(kind, func(t *testing.T) {
			for name, join := range map[string]func(*testing.T, *djangoSides){
				"Django was first": djangoJoinDjango, "Latchkey was first": djangoJoinLatchkey,
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					s := &djangoSides{database: empty(t), data: t.TempDir(), provider: kit.Provider(t)}
					join(t, s)
					s.jwt = s.launch(t, djangoJWT...)
					t.Run("two-way table", s.table)
				})
			}
		})
	}
}

// TestDjangoWithoutAllauthBesideLatchkey has a database of its own: processes that share
// one must agree on how links are made, for each delivers the mails of all.
func TestDjangoWithoutAllauthBesideLatchkey(t *testing.T) {
	djangoInstalled(t)
	for kind, empty := range djangoDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := &djangoSides{database: empty(t), data: t.TempDir(), provider: kit.Provider(t)}
			djangoMigrate(t, s.database)
			s.django, s.plain = djangoProbeStart(t, s.database), s.launch(t, "ALLAUTH=false")
			t.Run("password reset link, Django to Latchkey", func(t *testing.T) { djangoResets(t, s, false) })
			t.Run("password reset link, Latchkey to Django", func(t *testing.T) { latchkeyResets(t, s, false) })
		})
	}
}

// TestDjangoTakesAppsWhoseTablesLatchkeyMade: a site without allauth and the blacklist gets
// their tables from Latchkey, and installs the apps afterwards.
func TestDjangoTakesAppsWhoseTablesLatchkeyMade(t *testing.T) {
	djangoInstalled(t)
	for kind, empty := range djangoDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := &djangoSides{database: empty(t), data: t.TempDir(), provider: kit.Provider(t)}
			require.Contains(t, djangoMigrate(t, s.database, "DJANGO_WITHOUT=allauth,blacklist"), "Applying auth.0001_initial... OK")
			s.plain = s.launch(t)
			for _, app := range []string{"account", "socialaccount", "token_blacklist"} {
				djangoFake(t, s.database, app)
			}
			require.Contains(t, djangoMigrate(t, s.database), "No migrations to apply.")
			s.django = djangoProbeStart(t, s.database)
			emailKeyOfDjango(t, s)
			identityOfLatchkey(t, s)
		})
	}
}

// TestAllauthCanBeUpgradedBesideLatchkey: what allauth 0.58 and later add to its table must
// not be there when their migrations come, and people may have two primary addresses until then.
func TestAllauthCanBeUpgradedBesideLatchkey(t *testing.T) {
	djangoInstalled(t)
	for kind, empty := range djangoDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := &djangoSides{database: empty(t), data: t.TempDir(), provider: kit.Provider(t)}
			djangoMigrate(t, s.database)
			s.django = djangoProbeStart(t, s.database)
			require.True(t, s.django.holds(t, "holds_addresses_once", nil))
			name := s.made(t, true)
			second := with{"username": name, "email": "second-" + djangoEmail(name), "primary": true}
			s.django.do(t, "add_email", second)
			s.plain = s.launch(t)
			djangoLogin(t, s.plain, name)
			second["primary"] = false
			s.django.do(t, "save_email", second)
			s.django.do(t, "take_later_indexes", nil)
			emailKeyOfDjango(t, s)
		})
	}
}

// djangoJoinDjango has Latchkey come to a database of Django's.
func djangoJoinDjango(t *testing.T, s *djangoSides) {
	djangoMigrate(t, s.database)
	s.django = djangoProbeStart(t, s.database)
	before := s.state(t)
	s.plain = s.launch(t)
	t.Run("Latchkey changes nothing of Django's", func(t *testing.T) { requireUntouched(t, before, s.state(t)) })
}

// djangoJoinLatchkey has Django come to a database of Latchkey's.
func djangoJoinLatchkey(t *testing.T, s *djangoSides) {
	s.plain = s.launch(t)
	s.django = djangoProbeStart(t, s.database)
	before := s.state(t)
	t.Run("Django finds nothing to migrate", func(t *testing.T) {
		require.Contains(t, djangoMigrate(t, s.database), "No migrations to apply.")
		require.Equal(t, before, s.state(t))
	})
}

func (s *djangoSides) table(t *testing.T) {
	for _, row := range append(s.passwordRows(t), djangoTable...) {
		t.Run(row.name, func(t *testing.T) {
			t.Run("Django to Latchkey", func(t *testing.T) { row.djangoMade(t, s) })
			if row.onlyDjangoDoes == "" {
				t.Run("Latchkey to Django", func(t *testing.T) { row.latchkeyMade(t, s) })
			}
		})
	}
	for _, p := range []*process{s.plain, s.jwt} {
		for line := range strings.Lines(p.errors.String()) {
			require.NotContains(t, line, "level=ERROR")
		}
	}
}
