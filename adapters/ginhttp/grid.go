package ginhttp

import (
	"context"
	"time"
)

// gridStep is how far apart the moments are at which an answer that must not tell leaves.
const gridStep = 5 * time.Millisecond

// grid keeps an answer back until a whole number of steps after the request began. The
// same work is done whoever is asked about, but to read somebody's row takes some
// microseconds more than to read none, and enough samples of a time add up to an answer
// (CWE-208). On the grid the difference shows only in the rare request that it carries over a line.
type grid struct{ ticks *time.Ticker }

// beginGrid starts the steps; whoever calls it calls end.
func beginGrid() grid { return grid{time.NewTicker(gridStep)} }

// wait returns at the next line, or when ctx ends. It costs no processor.
func (g grid) wait(ctx context.Context) {
	select {
	case <-g.ticks.C: // the line that was passed last
	default:
	}
	select {
	case <-g.ticks.C:
	case <-ctx.Done():
	}
}

func (g grid) end() { g.ticks.Stop() }
