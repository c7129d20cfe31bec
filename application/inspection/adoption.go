package inspection

import (
	"fmt"
	"slices"
	"strings"

	"latchkey/application/ports"
)

// Adoption says in sentences what a database was before a migration, and what the
// migration adds.
func Adoption(before ports.Schema) []string {
	switch {
	case before.Ours && len(before.Pending) == 0:
		return nil
	case before.Ours:
		return []string{"The service has migrated this database before. What is new: " + strings.Join(before.Pending, ", ") + "."}
	case !anyThere(before) && len(before.Applied) == 0:
		return []string{"The database is empty: all tables are made as Django and its apps make them, with the rows that their migrations leave, so that Django can be pointed at it later."}
	}
	there, missing := apps(before)
	sentences := []string{
		origin(before, there),
		fmt.Sprintf("It has %s; each keeps its id, its password and its tokens.", counted(before.Accounts, "account")),
	}
	if len(missing) > 0 {
		sentences = append(sentences, fmt.Sprintf("Not there, and made as Django makes them: the tables of %s. If Django is to use them later, add the app to INSTALLED_APPS and run: python manage.py migrate --fake <app>.", strings.Join(missing, ", ")))
	}
	return append(sentences, "Added beside them: tables of the service's own and indexes on Django's tables, whose names begin with latchkey_. No table and no row of Django's is changed.")
}

func origin(schema ports.Schema, there []string) string {
	if len(schema.Applied) == 0 {
		return "The tables look like Django's, without its table django_migrations; there are those of " + strings.Join(there, ", ") + "."
	}
	for i, app := range there {
		if last := schema.Applied[app]; last != "" {
			there[i] = app + " (up to " + last + ")"
		}
	}
	return "Django made this database, with these apps: " + strings.Join(there, ", ") + "."
}

// apps are those whose tables are there, and those with tables that are not.
func apps(schema ports.Schema) (there, missing []string) {
	for _, table := range schema.Tables {
		into := &missing
		if table.There {
			into = &there
		}
		if !slices.Contains(*into, table.App) {
			*into = append(*into, table.App)
		}
	}
	return there, missing
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
