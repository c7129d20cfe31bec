package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"latchkey/adapters/jwttoken"
	"latchkey/adapters/system"
	"latchkey/bootstrap"
	"latchkey/bootstrap/config"
)

// keys manages the signing keys of JSON web tokens. A new key is staged first, so
// that everybody who verifies tokens can fetch it before it is used; the key that
// it replaces verifies until the last of its tokens has expired.
type keys struct {
	List    listKeys   `cmd:"" help:"List the keys."`
	New     newKey     `cmd:"" help:"Make a key, which verifies but does not sign yet."`
	Promote promoteKey `cmd:"" help:"Sign with a staged key from now on."`
	Retire  retireKey  `cmd:"" help:"Take a staged key out of use; its tokens stay good until they expire."`
}

// keyFile opens the key file and takes out the keys whose last token has expired.
func (c *commands) keyFile() (*jwttoken.KeyFile, config.Config, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, cfg, err
	}
	file, err := jwttoken.OpenKeyFile(bootstrap.KeyFile(cfg))
	if err != nil {
		return nil, cfg, err
	}
	_, err = file.Prune(now(), bootstrap.TokenLife(cfg))
	return file, cfg, err
}

func now() time.Time { return system.NewClock().Now() }

type listKeys struct{}

// Run prints the keys without their secrets.
func (listKeys) Run(cli *commands) error {
	file, cfg, err := cli.keyFile()
	if err != nil {
		return err
	}
	all, err := file.List()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Println("There are no keys: SIGNING_KEY, or else SECRET_KEY, signs with " + string(cfg.JWT.Algorithm) + ".")
		return nil
	}
	return printKeys(os.Stdout, all)
}

func printKeys(out io.Writer, all []jwttoken.KeyInfo) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "KEY\tALGORITHM\tSTATE\tSINCE")
	for _, key := range all {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", key.ID, key.Algorithm, key.State, key.Changed.Format(time.RFC3339))
	}
	return table.Flush()
}

type newKey struct {
	Algorithm string `help:"HS256, RS256, PS256, ES256 (also with 384 and 512) or EdDSA; the setting ALGORITHM by default." placeholder:"NAME"`
}

// Run makes a key.
func (n newKey) Run(cli *commands) error {
	file, cfg, err := cli.keyFile()
	if err != nil {
		return err
	}
	algorithm := n.Algorithm
	if algorithm == "" {
		algorithm = string(cfg.JWT.Algorithm)
	}
	kid, err := file.New(algorithm, now(), system.NewRandom())
	if err != nil {
		return err
	}
	fmt.Println(kid)
	return nil
}

type promoteKey struct {
	Key string `arg:"" help:"The key, as list shows it."`
}

// Run makes a key the current one.
func (p promoteKey) Run(cli *commands) error {
	file, _, err := cli.keyFile()
	if err != nil {
		return err
	}
	return file.Promote(p.Key, now())
}

type retireKey struct {
	Key string `arg:"" help:"The key, as list shows it."`
}

// Run retires a key.
func (r retireKey) Run(cli *commands) error {
	file, _, err := cli.keyFile()
	if err != nil {
		return err
	}
	return file.Retire(r.Key, now())
}
