package wire

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The codes and signed values of dj-rest-auth's second factor, made anew here and not
// with the service's domain, as those of Django are.

// totp is the code of a step (RFC 6238).
func totp(secret string, step int64, digits int) (string, error) {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := mac.Sum(nil)
	number := uint64(binary.BigEndian.Uint32(sum[sum[19]&15:]) & 0x7fffffff)
	text := fmt.Sprintf("%010d", number)
	return text[len(text)-digits:], nil
}

// recoveryCodes are the ten that follow from a seed.
func recoveryCodes(seed string) ([]string, error) {
	key, err := hex.DecodeString(seed)
	if err != nil {
		return nil, err
	}
	codes := make([]string, 10)
	for i := range codes {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(strconv.Itoa(i)))
		digits := hex.EncodeToString(mac.Sum(nil))
		codes[i] = digits[:4] + "-" + digits[4:8]
	}
	return codes, nil
}

// signed is django.core.signing.Signer.
func signed(value, secret, salt string) string {
	return value + ":" + base64.RawURLEncoding.EncodeToString(saltedHMAC(salt+"signer", value, secret))
}

func timestampSigned(value, secret, salt string, at time.Time) string {
	return signed(value+":"+toBase(at.Unix(), base62), secret, salt)
}

func (d directive) whole(name string, otherwise int64) int64 {
	if number, given := d[name].(json.Number); given {
		if n, err := number.Int64(); err == nil {
			return n
		}
	}
	return otherwise
}

// makeTOTP keeps a code in a variable. Its step is counted from that of the scenario's
// first, so that codes keep their order; near the end of a step the first one waits.
func (r *run) makeTOTP(d directive) error {
	period := d.whole("period", 30)
	anchor := "_anchor" + decimal(period)
	if _, set := r.vars[anchor]; !set {
		if left := period - r.target.Now().Unix()%period; left < d.whole("room", 6) {
			r.target.Sleep(time.Duration(left) * time.Second)
		}
		r.vars[anchor] = r.target.Now().Unix() / period
	}
	step := r.vars[anchor].(int64) + d.whole("offset", 0)
	code, err := totp(d.text("secret"), step, int(d.whole("digits", 6)))
	if err != nil {
		code = "000000" // no secret: a step before was answered otherwise
	}
	shaped, err := shape(code, d.text("shape"))
	r.vars[d.text("as")] = shaped
	return err
}

// shape writes a code as the scenario wants it.
func shape(code, how string) (any, error) {
	moved := func(text string, zero rune) string {
		return strings.Map(func(r rune) rune { return zero + r - '0' }, text)
	}
	switch how {
	case "":
		return code, nil
	case "fullwidth":
		return moved(code, '０'), nil
	case "fullwidth1":
		return moved(code[:1], '０') + code[1:], nil
	case "arabic":
		return moved(code, '٠'), nil
	case "spaced":
		return code[:3] + " " + code[3:], nil
	case "padded":
		return " " + code + " ", nil
	case "number":
		n, err := strconv.ParseInt(code, 10, 64)
		return json.Number(decimal(n)), err
	case "wrong":
		last := (code[len(code)-1]-'0'+1)%10 + '0'
		return code[:len(code)-1] + string(last), nil
	default:
		return nil, fmt.Errorf("unknown shape %q", how)
	}
}

func (d *database) insertAuthenticator(user, kind string, data any) error {
	id, err := d.user(user)
	if err != nil {
		return err
	}
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return d.exec("INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at, last_used_at) VALUES (?, ?, ?, ?, NULL)",
		id, kind, string(text), d.stored())
}

func (d *database) createTOTP(a directive, _ Variables) error {
	secret := a.text("secret")
	if !a.flag("plain", false) {
		secret = signed(secret, d.secret, "dj-rest-auth-mfa-totp-secret")
	}
	return d.insertAuthenticator(a.text("user"), "totp", map[string]any{"secret": secret})
}

func (d *database) createRecoveryCodes(a directive, vars Variables) error {
	codes, err := recoveryCodes(a.text("seed"))
	if err != nil {
		return err
	}
	for i, code := range codes {
		vars[a.text("as")+strconv.Itoa(i)] = code
	}
	return d.insertAuthenticator(a.text("user"), "recovery_codes",
		map[string]any{"seed": a.text("seed"), "used_mask": a.whole("used_mask", 0)})
}

func (d *database) makeEphemeralToken(a directive, vars Variables) error {
	value, given := a["value"]
	if !given {
		id, err := d.user(a.text("user"))
		if err != nil {
			return err
		}
		value = decimal(id)
	}
	vars[a.text("as")] = timestampSigned(fmt.Sprint(value), a.textOr("secret", d.secret), a.textOr("salt", "dj-rest-auth-mfa"), a.ago(d.now()))
	return nil
}

func (d *database) makeActivationToken(a directive, vars Variables) error {
	payload, given := a["payload"]
	if !given {
		id, err := d.user(a.text("user"))
		if err != nil {
			return err
		}
		payload = map[string]any{"uid": id, "secret": a.text("totp_secret")}
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	value := base64.RawURLEncoding.EncodeToString(text)
	vars[a.text("as")] = timestampSigned(value, a.textOr("secret", d.secret), a.textOr("salt", "dj-rest-auth-mfa-activation"), a.ago(d.now()))
	return nil
}
