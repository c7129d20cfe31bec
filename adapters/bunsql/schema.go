package bunsql

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"latchkey/application/ports"
)

// column is a column of some table.
type column struct {
	Table    string `bun:"table_name"`
	Name     string `bun:"name"`
	Type     string `bun:"type"`
	Demanded bool   `bun:"demanded"`
}

// Schema returns what the database consists of.
func (i *Inspection) Schema(ctx context.Context) (ports.Schema, error) {
	// Not by the table of migrations alone: it is there before the first of them has run,
	// and one that was interrupted must be tried again. And before the tables are looked
	// at: another instance that migrates at this moment would seem to have lost them.
	version, err := i.version(ctx)
	if err != nil {
		return ports.Schema{}, err
	}
	byTable, err := i.columns(ctx)
	if err != nil {
		return ports.Schema{}, err
	}
	schema := ports.Schema{Ours: version > 0}
	for _, shape := range shapes {
		schema.Tables = append(schema.Tables, shape.compare(byTable[shape.table]))
	}
	if i.db.dialect.enforced {
		schema.ProviderLength = lengthOf(byTable["socialaccount_socialaccount"], "provider")
	}
	steps, err := i.db.Pending(ctx)
	for _, step := range steps {
		schema.Pending = append(schema.Pending, step.Name)
	}
	if err != nil {
		return schema, err
	}
	return schema, i.count(ctx, byTable, &schema)
}

// version returns the last migration that has run; zero before the first.
func (i *Inspection) version(ctx context.Context) (int64, error) {
	tables, err := i.columns(ctx)
	if err != nil {
		return 0, err
	}
	version, err := i.db.version(ctx, map[string]bool{migrationTable: tables[migrationTable] != nil})
	if err != nil {
		return 0, fmt.Errorf("bunsql: read migrations: %w", err)
	}
	return version, nil
}

// columns returns the columns of every table.
func (i *Inspection) columns(ctx context.Context) (map[string][]column, error) {
	var columns []column
	if err := i.db.read(ctx, i.db.dialect.columns).Scan(ctx, &columns); err != nil {
		return nil, fmt.Errorf("bunsql: read columns: %w", err)
	}
	byTable := map[string][]column{}
	for _, c := range columns {
		byTable[c.Table] = append(byTable[c.Table], c)
	}
	return byTable, nil
}

// compare holds the columns of a table to what the service wants of it.
func (s shape) compare(columns []column) ports.SchemaTable {
	table := ports.SchemaTable{Name: s.table, App: s.app, There: columns != nil}
	if !table.There {
		return table
	}
	for _, wanted := range slices.Concat(s.read, s.filled) {
		if !slices.ContainsFunc(columns, func(c column) bool { return c.Name == wanted }) {
			table.Missing = append(table.Missing, wanted)
		}
	}
	for _, c := range columns {
		if c.Demanded && !slices.Contains(s.filled, c.Name) {
			table.Demanded = append(table.Demanded, c.Name)
		}
	}
	return table
}

var length = regexp.MustCompile(`\((\d+)\)$`)

func lengthOf(columns []column, name string) int {
	at := slices.IndexFunc(columns, func(c column) bool { return c.Name == name })
	if at < 0 {
		return 0
	}
	found := length.FindStringSubmatch(columns[at].Type)
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// count looks into tables, as far as they are there.
func (i *Inspection) count(ctx context.Context, tables map[string][]column, schema *ports.Schema) error {
	for _, wanted := range []struct {
		counted bool
		query   string
		into    *int
	}{
		{tables["auth_user"] != nil && !schema.Ours, `SELECT COUNT(*) FROM auth_user`, &schema.Accounts},
		{tables["django_site"] != nil, `SELECT COUNT(*) FROM django_site`, &schema.Sites},
	} {
		if !wanted.counted {
			continue
		}
		if err := i.db.read(ctx, wanted.query).Scan(ctx, wanted.into); err != nil {
			return fmt.Errorf("bunsql: count rows: %w", err)
		}
	}
	var exclusive int
	if err := i.db.read(ctx, i.db.dialect.exclusive).Scan(ctx, &exclusive); err != nil {
		return fmt.Errorf("bunsql: read indexes: %w", err)
	}
	schema.ExclusiveEmail = exclusive > 0
	if tables["django_migrations"] == nil {
		return nil
	}
	return i.applied(ctx, schema)
}

// applied reads how far Django's apps have come.
func (i *Inspection) applied(ctx context.Context, schema *ports.Schema) error {
	var rows []struct {
		App  string `bun:"app"`
		Name string `bun:"name"`
	}
	if err := i.db.read(ctx, `SELECT app, MAX(name) AS name FROM django_migrations GROUP BY app`).Scan(ctx, &rows); err != nil {
		return fmt.Errorf("bunsql: read Django's migrations: %w", err)
	}
	schema.Applied = make(map[string]string, len(rows))
	for _, row := range rows {
		schema.Applied[row.App] = row.Name
	}
	return nil
}
