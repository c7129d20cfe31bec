package config

import (
	"net"
	"net/url"
	"path"
	"strconv"
	"strings"

	"latchkey/domain/secret"
)

// Transport is a parsed EMAIL_URL.
type Transport struct {
	Kind     TransportKind
	Host     string // of a server
	Port     int
	TLS      TLSMode
	Username string // empty: no authentication
	Password secret.String
	Dir      string // absolute, of a directory that collects mails
}

// TransportKind is a way for mail to leave.
type TransportKind string

// The transports.
const (
	MailConsole TransportKind = "console"
	MailFile    TransportKind = "file"
	MailSMTP    TransportKind = "smtp"
)

// TLSMode says how a connection to a mail server is encrypted.
type TLSMode string

// The modes. TLSStartTLS is never optional: an attacker on the line could strip it.
const (
	TLSNone     TLSMode = "none"
	TLSStartTLS TLSMode = "starttls"
	TLSImplicit TLSMode = "implicit"
)

var standardPorts = map[TLSMode]int{TLSNone: 25, TLSStartTLS: 587, TLSImplicit: 465}

var (
	errEmailURL  = advice("write smtp://user:password@host:587?tls=starttls, smtps://user:password@host, console: or file:///directory, with special characters of the password as %XX")
	errClearText = advice("write tls=starttls or smtps:// : user and password must not cross the network in clear")
	errTLSMode   = advice("write tls=starttls or tls=none behind smtp://, and nothing behind smtps://")
)

var emailURL = simple(parseEmailURL, showEmailURL)

// parseEmailURL never passes on the errors of package url: they quote the password.
func parseEmailURL(s string) (Transport, error) {
	u, err := url.Parse(s)
	if err != nil || !clean(s) || u.Fragment != "" {
		return Transport{}, errEmailURL
	}
	switch {
	case s == "console:" || s == "console://":
		return Transport{Kind: MailConsole}, nil
	case u.Scheme == "file":
		return parseMailDir(u)
	case u.Scheme == "smtp", u.Scheme == "smtps":
		return parseServer(u)
	default:
		return Transport{}, errEmailURL
	}
}

func parseMailDir(u *url.URL) (Transport, error) {
	if u.Host != "" || u.User != nil || u.RawQuery != "" || !path.IsAbs(u.Path) || !clean(u.Path) {
		return Transport{}, errEmailURL
	}
	return Transport{Kind: MailFile, Dir: path.Clean(u.Path)}, nil
}

func parseServer(u *url.URL) (Transport, error) {
	t := Transport{Kind: MailSMTP, Host: strings.ToLower(u.Hostname())}
	if u.Opaque != "" || strings.Trim(u.Path, "/") != "" || !validHost(t.Host) {
		return Transport{}, errEmailURL
	}
	var err error
	if t.TLS, err = tlsMode(u, t.Host); err != nil {
		return Transport{}, err
	}
	t.Port = standardPorts[t.TLS]
	if port := u.Port(); port != "" {
		if t.Port, err = strconv.Atoi(port); err != nil || !validPort(port) || t.Port == 0 {
			return Transport{}, errEmailURL
		}
	}
	return t.authenticate(u.User)
}

// tlsMode encrypts unless the URL says otherwise or the server is this machine.
func tlsMode(u *url.URL, host string) (TLSMode, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", errTLSMode
	}
	mode := TLSMode(query.Get("tls"))
	query.Del("tls")
	switch {
	case len(query) > 0:
		return "", errTLSMode
	case u.Scheme == "smtps" && mode == "":
		return TLSImplicit, nil
	case u.Scheme == "smtp" && (mode == TLSNone || mode == TLSStartTLS):
		return mode, nil
	case u.Scheme == "smtp" && mode == "" && loopback(host):
		return TLSNone, nil
	case u.Scheme == "smtp" && mode == "":
		return TLSStartTLS, nil
	default:
		return "", errTLSMode
	}
}

func (t Transport) authenticate(user *url.Userinfo) (Transport, error) {
	if user == nil {
		return t, nil
	}
	password, _ := user.Password()
	if user.Username() == "" || !clean(user.Username()) || !clean(password) {
		return Transport{}, errEmailURL
	}
	if t.TLS == TLSNone && !loopback(t.Host) {
		return Transport{}, errClearText
	}
	t.Username, t.Password = user.Username(), secret.New(password)
	return t, nil
}

func showEmailURL(t Transport) string {
	switch t.Kind {
	case MailConsole:
		return "console:"
	case MailFile:
		return (&url.URL{Scheme: "file", Path: t.Dir}).String()
	}
	u := url.URL{Scheme: "smtp", Host: net.JoinHostPort(t.Host, strconv.Itoa(t.Port))}
	if t.TLS == TLSImplicit {
		u.Scheme = "smtps"
	} else {
		u.RawQuery = "tls=" + string(t.TLS)
	}
	if t.Username == "" {
		return u.String()
	}
	// The brackets are not allowed in user information, so that what is printed
	// cannot be used as a password by mistake.
	user := url.User(t.Username).String() + ":" + redacted + "@"
	return strings.Replace(u.String(), "://", "://"+user, 1)
}
