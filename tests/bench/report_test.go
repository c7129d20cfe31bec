package bench

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

func heading(out *strings.Builder, e effort) {
	generator := "a client in Go"
	if withWrk() {
		generator = "wrk"
	}
	fmt.Fprintf(out, "%d cores of %s, %s, %d rounds of %v in turns, medians; %d clients by %s, on the same cores.\n",
		cores(), processor(), runtime.Version(), e.rounds, e.round, e.clients, generator)
}

// processor returns what the machine calls its processor.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, _ := strings.Cut(string(text), "model name\t: ")
	name, _, _ := strings.Cut(rest, "\n")
	return name
}

// median returns the middle of what of makes of the rounds.
func median[R any](rounds []R, of func(R) float64) float64 {
	values := make([]float64, len(rounds))
	for i, round := range rounds {
		values[i] = of(round)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
func milli(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// verdict marks a figure that misses its target.
func verdict(met bool) string {
	if met {
		return "met"
	}
	return "**missed**"
}

// most is the most processor time that user/ may take, in microseconds.
func most(k kind) float64 {
	if k.name == "PostgreSQL" {
		return 75
	}
	return 45
}

const leastRatio = 0.90

func reportReads(out *strings.Builder, k kind, all []compared) {
	fmt.Fprintf(out, "| | requests/s | of its floor | target %.2f | CPU µs, database too | of the floor | target %.0f | p50 ms | p99 ms | allocations | statements |\n", leastRatio, most(k))
	out.WriteString("|---|---:|---:|---|---:|---:|---|---:|---:|---:|---:|\n")
	for _, c := range all {
		ratio := median(c.rounds, func(p pair) float64 { return p.service.perSecond() / p.floor.perSecond() })
		cpu := median(c.rounds, func(p pair) float64 { return micro(p.service.cpu()) })
		within := ""
		if strings.Contains(c.name, "user/") {
			within = verdict(cpu <= most(k))
		}
		fmt.Fprintf(out, "| %s | %.0f | %.2f | %s | %.0f | %.0f | %s | %.2f | %.2f | %.0f | %s |\n", c.name,
			median(c.rounds, func(p pair) float64 { return p.service.perSecond() }), ratio, verdict(ratio >= leastRatio),
			cpu, median(c.rounds, func(p pair) float64 { return micro(p.floor.cpu()) }), within,
			median(c.rounds, func(p pair) float64 { return milli(p.service.p50) }),
			median(c.rounds, func(p pair) float64 { return milli(p.service.p99) }), c.allocations, statementsOf(k, c.counted))
	}
}

// statementsOf writes how many statements there were; they are seen on PostgreSQL alone.
func statementsOf(k kind, c counted) string {
	switch {
	case k.name != "PostgreSQL":
		return ""
	case c.control == 0:
		return fmt.Sprint(len(c.statements))
	}
	return fmt.Sprintf("%d + %d", len(c.statements), c.control)
}

func reportWrites(out *strings.Builder, k kind, all []written) {
	out.WriteString("\n| 8 clients | requests/s | CPU µs | of it the database | target | p50 ms | p99 ms | statements + transaction control | target |\n")
	out.WriteString("|---|---:|---:|---:|---|---:|---:|---:|---|\n")
	for _, w := range all {
		cpu := median(w.rounds, func(c cost) float64 { return micro(c.cpu()) })
		fmt.Fprintf(out, "| %s | %.0f | %.0f | %.0f | %s | %.2f | %.2f | %s | %s |\n", w.name,
			median(w.rounds, func(c cost) float64 { return c.perSecond() }), cpu,
			median(w.rounds, func(c cost) float64 { return micro(c.database) }), limit(w.limit, cpu),
			median(w.rounds, func(c cost) float64 { return milli(c.p50) }),
			median(w.rounds, func(c cost) float64 { return milli(c.p99) }),
			statementsOf(k, w.counted), limit(w.statements, float64(len(w.counted.statements))))
	}
}

// limit writes a target, and whether it is met; 0 is none.
func limit(most int, found float64) string {
	if most == 0 || found == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", most, verdict(found <= float64(most)))
}

func reportCrowds(out *strings.Builder, rows []crowd) {
	out.WriteString("\n| clients of `user/` by token | requests/s | of its floor | p50 ms | p99 ms | floor's p99 ms | CPU µs | memory MiB |\n")
	out.WriteString("|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, r := range rows {
		fmt.Fprintf(out, "| %d | %.0f | %.2f | %.2f | %.2f | %.2f | %.0f | %.0f |\n", r.clients, r.service.perSecond(),
			r.service.perSecond()/r.floor.perSecond(), milli(r.service.p50), milli(r.service.p99), milli(r.floor.p99),
			micro(r.service.cpu()), r.megabytes)
	}
}

func reportHashes(out *strings.Builder, k kind, all []hashed, storms []stormy, idle float64) {
	of := func(what func(hashed) float64) float64 { return median(all, what) }
	ratio := of(func(h hashed) float64 { return h.logins / h.hashes })
	out.WriteString("\n| with the default hash | | target |\n|---|---:|---|\n")
	row := func(name, figure string, met bool, target string) {
		fmt.Fprintf(out, "| %s | %s | %s %s |\n", name, figure, target, verdict(met))
	}
	row("logins/s, of the bare hash's", fmt.Sprintf("%.1f, %.2f", of(func(h hashed) float64 { return h.logins }), ratio), ratio >= 0.97, "0.97")
	beyond := of(func(h hashed) float64 { return milli(h.loginCPU - h.hashCPU) })
	row("a login's CPU beyond the bare hash's, ms", fmt.Sprintf("%.2f of %.1f", beyond, of(func(h hashed) float64 { return milli(h.loginCPU) })), beyond <= 0.3, "0.3")
	quiet := func(s stormy) float64 { return milli(s.quiet.p99) }
	perSecond := median(storms, func(s stormy) float64 { return s.storm.perSecond() })
	row(fmt.Sprintf("`user/` a second by %d clients under %d clients that log in (quiet: %.0f)", askers, stormClients,
		median(storms, func(s stormy) float64 { return s.quiet.perSecond() })), fmt.Sprintf("%.0f", perSecond), perSecond >= 500, "500")
	times := median(storms, func(s stormy) float64 { return milli(s.storm.p99) / quiet(s) })
	row(fmt.Sprintf("its p99 ms (quiet: %.2f)", median(storms, quiet)),
		fmt.Sprintf("%.2f, %.1f times", median(storms, func(s stormy) float64 { return milli(s.storm.p99) }), times), times <= 5, "5 times")
	hashes := float64(cores() * 19)
	row("memory MiB after logins; at its peak", fmt.Sprintf("%.0f; %.0f", of(func(h hashed) float64 { return h.megabytes }), of(func(h hashed) float64 { return h.peak })),
		of(func(h hashed) float64 { return h.peak }) <= 64+hashes, fmt.Sprintf("64 + %.0f", hashes))
	row("MiB for 1000 idle clients that keep their connections", fmt.Sprintf("%.0f", idle), idle <= 40, "40")
}
