package bunsql

import (
	"context"
	"fmt"

	"latchkey/application/ports"
)

// Sites reads the first row of django_site, as Django does with SITE_ID = 1.
type Sites struct{ db *DB }

var _ ports.Sites = (*Sites)(nil)

// NewSites returns the sites of the database.
func NewSites(db *DB) *Sites { return &Sites{db: db} }

const (
	selectSite = `SELECT name, domain FROM django_site WHERE id = (SELECT MIN(id) FROM django_site)`
	updateSite = `UPDATE django_site SET name = $1, domain = $2 WHERE id = (SELECT MIN(id) FROM django_site)`
)

// siteRow is a row of django_site.
type siteRow struct {
	Name   string `bun:"name"`
	Domain string `bun:"domain"`
}

// Current returns the site.
func (s *Sites) Current(ctx context.Context) (ports.Site, error) {
	var row siteRow
	if err := s.db.read(ctx, selectSite).Scan(ctx, &row); err != nil {
		return ports.Site{}, fmt.Errorf("bunsql: read site: %w", err)
	}
	return ports.Site{Name: row.Name, Domain: row.Domain}, nil
}

// Rename changes what the deployment calls itself.
func (s *Sites) Rename(ctx context.Context, site ports.Site) error {
	if _, err := s.db.write(ctx, updateSite, site.Name, site.Domain).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: rename site: %w", err)
	}
	return nil
}
