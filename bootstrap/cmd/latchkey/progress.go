package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// How often progress is shown: on a terminal a bar that moves, elsewhere a line
// now and then, for logs.
const (
	barEvery  = 200 * time.Millisecond
	lineEvery = 10 * time.Second
	barWidth  = 24
)

// progress shows how far something has come.
type progress struct {
	out      io.Writer
	terminal bool
	size     int64 // zero when it is not known
	now      func() time.Time
	began    time.Time
	shown    time.Time
	standing bool // a bar stands in the last line
}

func newProgress(out *os.File, size int64) *progress {
	info, err := out.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return startProgress(out, terminal, size, now)
}

func startProgress(out io.Writer, terminal bool, size int64, now func() time.Time) *progress {
	began := now()
	return &progress{out: out, terminal: terminal, size: size, now: now, began: began, shown: began}
}

// at shows that so many records are done, and so many bytes of the size.
func (p *progress) at(records int, bytes int64) {
	now := p.now()
	every := lineEvery
	if p.terminal {
		every = barEvery
	}
	if now.Sub(p.shown) < every {
		return
	}
	p.shown = now
	text := p.text(records, bytes, now.Sub(p.began))
	if !p.terminal {
		_, _ = fmt.Fprintln(p.out, text)
		return
	}
	_, _ = fmt.Fprint(p.out, "\r\x1b[K"+p.bar(bytes)+text)
	p.standing = true
}

// text says how many records there are, how fast they go, and how long it will take.
func (p *progress) text(records int, bytes int64, spent time.Duration) string {
	text := fmt.Sprintf("%d records, %.0f a second", records, float64(records)/spent.Seconds())
	if p.size > 0 && bytes > 0 {
		left := time.Duration(float64(spent) * float64(max(p.size-bytes, 0)) / float64(bytes))
		text += fmt.Sprintf(", %d %%, %v left", 100*bytes/p.size, left.Round(time.Second))
	}
	return text
}

func (p *progress) bar(bytes int64) string {
	if p.size == 0 {
		return ""
	}
	full := int(min(barWidth*bytes/p.size, barWidth))
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "] "
}

// say writes a line of its own; a bar that stood there comes back with the next step.
func (p *progress) say(line string) {
	p.end()
	_, _ = fmt.Fprintln(p.out, line)
}

// end takes the bar away.
func (p *progress) end() {
	if p.standing {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
		p.standing = false
	}
}
