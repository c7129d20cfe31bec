package kit

import (
	"maps"

	"go.uber.org/fx"
)

// Option changes what App boots.
type Option func(*plan)

// plan is what the options add up to.
type plan struct {
	settings map[string]string
	file     string
	clock    *Clock
	database string
	fx       []fx.Option
}

// Settings sets settings by their names without the prefix LATCHKEY_, over the
// kit's own and over those of earlier Settings.
func Settings(settings map[string]string) Option {
	return func(p *plan) { maps.Copy(p.settings, settings) }
}

// WithFile has the YAML file read for settings that the environment cannot hold,
// such as social providers. Settings and the kit's own win over it.
func WithFile(file string) Option {
	return func(p *plan) { p.file = file }
}

// WithClock gives the service this clock.
func WithClock(clock *Clock) Option {
	return func(p *plan) { p.clock = clock }
}

// WithDatabase gives the service this SQLite file in place of a new one. The file
// outlives the service, so that a test can boot a second one on it.
func WithDatabase(file string) Option {
	return func(p *plan) { p.database = file }
}

// WithFx hands options to bootstrap.New after the kit's own: extensions, and
// bootstrap.Override of any port but Clock and Mailer, which are the kit's.
func WithFx(options ...fx.Option) Option {
	return func(p *plan) { p.fx = append(p.fx, options...) }
}
