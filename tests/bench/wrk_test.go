package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// withWrk reports whether wrk sends the requests that are always the same: it leaves
// more of the machine to the server than a client in Go.
func withWrk() bool {
	if !*measuring || *generator == "go" {
		return false
	}
	_, err := exec.LookPath("wrk")
	return err == nil || *generator == "wrk"
}

// constant is a request that is sent again and again.
type constant struct {
	method, path, body string
	headers            [][2]string
}

// bytes is the request as it goes over the wire.
func (c constant) bytes(host string) []byte {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: %s\r\n", c.method, c.path, host)
	for _, header := range c.headers {
		fmt.Fprintf(&text, "%s: %s\r\n", header[0], header[1])
	}
	if c.body != "" {
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(c.body))
	}
	text.WriteString("\r\n" + c.body)
	return []byte(text.String())
}

// script makes wrk send the request.
func (c constant) script() string {
	var text strings.Builder
	fmt.Fprintf(&text, "wrk.method = %q\nwrk.body = %q\n", c.method, c.body)
	for _, header := range c.headers {
		fmt.Fprintf(&text, "wrk.headers[%q] = %q\n", header[0], header[1])
	}
	return text.String()
}

// send drives the server with the one request. A refused request is an error.
func (c constant) send(ctx context.Context, address string, clients int, lasting time.Duration) (figures, error) {
	if withWrk() {
		return c.sendByWrk(ctx, address, clients, lasting)
	}
	request := c.bytes(address)
	return load{clients: clients, lasting: lasting, next: func(int) []byte { return request }}.run(ctx, address)
}

func (c constant) sendByWrk(ctx context.Context, address string, clients int, lasting time.Duration) (figures, error) {
	script := filepath.Join(folder, "request.lua")
	if err := os.WriteFile(script, []byte(c.script()), 0o600); err != nil {
		return figures{}, err
	}
	out, err := exec.CommandContext(ctx, "wrk", "-t1", fmt.Sprint("-c", clients), fmt.Sprintf("-d%ds", max(1, int(lasting.Seconds()))),
		"--latency", "-s", script, "http://"+address+c.path).CombinedOutput()
	if err != nil {
		return figures{}, fmt.Errorf("wrk: %w: %s", err, out)
	}
	return readWrk(string(out))
}

var (
	wrkTotal = regexp.MustCompile(`(\d+) requests in ([\d.]+)(\w+),`)
	wrkShare = regexp.MustCompile(`(?m)^\s+(50|99)%\s+([\d.]+)(\w+)$`)
)

// readWrk reads what wrk prints.
func readWrk(out string) (made figures, err error) {
	total := wrkTotal.FindStringSubmatch(out)
	if total == nil || strings.Contains(out, "Non-2xx") || strings.Contains(out, "Socket errors") {
		return figures{}, fmt.Errorf("%w: %s", errAnswer, out)
	}
	if made.requests, err = strconv.Atoi(total[1]); err != nil {
		return figures{}, err
	}
	if made.elapsed, err = time.ParseDuration(total[2] + total[3]); err != nil {
		return figures{}, err
	}
	for _, share := range wrkShare.FindAllStringSubmatch(out, -1) {
		at, err := time.ParseDuration(share[2] + share[3])
		if err != nil {
			return figures{}, err
		}
		if share[1] == "50" {
			made.p50 = at
		} else {
			made.p99 = at
		}
	}
	return made, nil
}
