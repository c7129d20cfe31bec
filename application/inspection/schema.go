package inspection

import (
	"fmt"
	"strings"

	"latchkey/application/ports"
)

// Needs are the settings that make demands on a schema.
type Needs struct {
	// StoreTokens is set when tokens of providers are kept.
	StoreTokens bool
	// SharedEmail is set when several accounts may have one address.
	SharedEmail bool
	// HidesTaken is set when a registration must not tell that an address is taken.
	HidesTaken bool
	// Providers are the names of the configured providers.
	Providers []string
}

// Unfit returns what keeps the service from working on the schema, or parts of it.
// What is not there is fine as long as a migration is to make it. Migrations mend none
// of this: the tables are Django's.
func Unfit(schema ports.Schema, needs Needs) []Finding {
	f := findings{check: "schema"}
	foreign(&f, schema)
	for _, table := range schema.Tables {
		judgeTable(&f, table, needs)
	}
	sites := table(schema, "django_site")
	if sites.There && schema.Sites == 0 {
		f.add(Broken, "django_site has no row: mails could not say where they come from.",
			"Add one in Django's admin, or with INSERT INTO django_site (id, name, domain) VALUES (1, 'Example', 'example.com').")
	}
	limits(&f, schema, needs)
	return f.all
}

// foreign finds a Django that keeps its accounts elsewhere: an empty auth_user beside
// them would look as if nobody had an account.
func foreign(f *findings, schema ports.Schema) {
	users := table(schema, "auth_user")
	switch {
	case users.There:
	case schema.Ours:
		f.add(Broken, "The table auth_user is gone.", "Restore it from a backup.")
	case len(schema.Applied) > 0 || anyThere(schema):
		f.add(Broken, "These are tables of Django, and auth_user is not among them: this Django has a user model of its own (AUTH_USER_MODEL), which is not supported.",
			"Copy the accounts into auth_user, with their ids, or use a database of its own for the service.")
	}
}

func anyThere(schema ports.Schema) bool {
	for _, table := range schema.Tables {
		if table.There {
			return true
		}
	}
	return false
}

func judgeTable(f *findings, table ports.SchemaTable, needs Needs) {
	if len(table.Missing) > 0 {
		f.add(Broken, fmt.Sprintf("%s lacks %s: every query of it would fail.", table.Name, columns(table.Missing)),
			fmt.Sprintf("Upgrade the program that made it and run its migrations (python manage.py migrate %s).", table.App))
	}
	if len(table.Demanded) == 0 {
		return
	}
	if table.Name == "socialaccount_socialtoken" && !needs.StoreTokens {
		return // nothing is written there
	}
	advice := fmt.Sprintf("Give %s a default or allow NULL: ALTER TABLE %s.", columns(table.Demanded), table.Name)
	if table.Name == "socialaccount_socialtoken" {
		advice = "Upgrade allauth and run its migrations (python manage.py migrate socialaccount), or write SOCIALACCOUNT_STORE_TOKENS=false."
	}
	f.add(Broken, fmt.Sprintf("%s demands a value in %s, which the service does not write: no row could be added.", table.Name, columns(table.Demanded)), advice)
}

// limits finds what fails for some rows only.
func limits(f *findings, schema ports.Schema, needs Needs) {
	if schema.ExclusiveEmail && needs.SharedEmail {
		f.add(Warning, "account_emailaddress.email is unique, as an older allauth made it: a second account cannot have an address, whatever ACCOUNT_UNIQUE_EMAIL says.",
			"Upgrade allauth with ACCOUNT_UNIQUE_EMAIL = False in its settings and run its migrations, or write ACCOUNT_UNIQUE_EMAIL=true.")
	}
	if schema.ExclusiveEmail && needs.HidesTaken {
		f.add(Warning, "account_emailaddress.email is unique, as an older allauth made it: a registration tells that somebody has claimed its address and not proved it yet, whatever ACCOUNT_PREVENT_ENUMERATION says.",
			"Upgrade allauth and run its migrations (python manage.py migrate account).")
	}
	for _, provider := range needs.Providers {
		if schema.ProviderLength > 0 && len(provider) > schema.ProviderLength {
			f.add(Broken, fmt.Sprintf("The name of the provider %q is longer than the %d characters of socialaccount_socialaccount.provider: nobody could sign in by it for the first time.", provider, schema.ProviderLength),
				"Upgrade allauth and run its migrations (python manage.py migrate socialaccount), or choose a shorter name.")
		}
	}
}

func table(schema ports.Schema, name string) ports.SchemaTable {
	for _, table := range schema.Tables {
		if table.Name == name {
			return table
		}
	}
	return ports.SchemaTable{Name: name}
}

// columns reads as "the column a" or "the columns a, b".
func columns(names []string) string {
	word := "the column "
	if len(names) > 1 {
		word = "the columns "
	}
	return word + strings.Join(names, ", ")
}
