package ginhttp

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"github.com/gin-gonic/gin"

	"latchkey/application/recovery"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

var (
	//go:embed pages/style.css
	pageStyle string
	//go:embed pages/layout.html
	pageLayout string

	pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
		"style": func() template.CSS { return template.CSS(pageStyle) }, //nolint:gosec // our own file
	}).Parse(pageLayout))
	// pagePolicy allows the page's own style and a form to ourselves, and nothing
	// else: no script, no frame, no request to another site that could carry the
	// link's secret away.
	pagePolicy = "default-src 'none'; style-src 'sha256-" + hashOf(pageStyle) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// page is what the layout shows.
type page struct {
	Title   string
	Message string
	Form    bool
	Token   string
	Errors  []string
	Inputs  []pageInput
	Button  string
}

type pageInput struct{ Name, Label, Type string }

var (
	confirmPage = page{
		Title:   "Confirm your e-mail address",
		Message: "Press the button to confirm that this address is yours.",
		Form:    true,
		Button:  "Confirm",
	}
	confirmedPage = page{Title: "Address confirmed", Message: "Your e-mail address is confirmed. You can close this page."}
	resetPage     = page{
		Title:  "Set a new password",
		Form:   true,
		Inputs: []pageInput{{"new_password1", "New password", "password"}, {"new_password2", "New password again", "password"}},
		Button: "Set password",
	}
	changedPage = page{Title: "Password changed", Message: "Your new password is set. You can sign in with it now."}
	deadPage    = page{Title: "This link does not work", Message: "It was used already, has expired, or is incomplete. Ask for a new one."}
	busyPage    = page{Title: "Please wait", Message: "There were too many requests. Open the link from the mail again in a while."}
	latePage    = page{Title: "Please try again later", Message: "This does not work at the moment. The link stays as it is."}
	forgedPage  = page{Title: "Please try again", Message: "The form could not be accepted. Open the link from the mail again, with cookies allowed."}
)

// page serves a form at path: a visit changes nothing, since mail scanners and
// browsers fetch links ahead; only the button does.
func (a *API) page(path string, show, submit gin.HandlerFunc) {
	a.engine.GET(path, show)
	a.engine.HEAD(path, show)
	a.engine.POST(path, func(c *gin.Context) {
		if err := a.checkPageForm(c); err != nil {
			a.showPage(c, http.StatusForbidden, forgedPage)
			return
		}
		submit(c)
	})
}

// linkPart is what Django's routes take for a key, uid or token.
var linkPart = regexp.MustCompile(`^[-:\w]{1,200}$`)

func (a *API) showConfirm(c *gin.Context) {
	if !linkPart.MatchString(c.Param("key")) {
		a.showPage(c, http.StatusNotFound, deadPage)
		return
	}
	a.showPage(c, http.StatusOK, confirmPage)
}

func (a *API) submitConfirm(c *gin.Context) {
	err := a.Registration.VerifyEmail(c.Request.Context(), c.Param("key"))
	a.showOutcome(c, err, confirmPage, confirmedPage)
}

func (a *API) showReset(c *gin.Context) {
	err := a.Recovery.CheckLink(c.Request.Context(), c.Param("uid"), c.Param("token"))
	a.showOutcome(c, err, a.resetPage(), a.resetPage())
}

// resetPage asks everybody for a code where settings ask for a second factor: whether
// the account has one, a mail that fell into wrong hands must not tell.
func (a *API) resetPage() page {
	p := resetPage
	if a.options.ResetNeedsFactor {
		p.Inputs = append(p.Inputs[:len(p.Inputs):len(p.Inputs)], pageInput{Name: resetCode.name, Label: "Code of your authenticator app, if you have set one up", Type: "text"})
	}
	return p
}

func (a *API) submitReset(c *gin.Context) {
	in, err := readInput(c.Request)
	if err != nil {
		a.showPage(c, http.StatusBadRequest, forgedPage)
		return
	}
	fields := append(form{}, confirmForm[:2]...)
	good, refusals := append(fields, resetCode).read(in, false)
	if err = refusals.Err(); err == nil {
		err = a.Recovery.ConfirmReset(a.hashing(c.Request), recovery.ConfirmReset{
			UID:      c.Param("uid"),
			Token:    c.Param("token"),
			Password: credentials.NewPassword(good["new_password1"]),
			Repeat:   credentials.NewPassword(good["new_password2"]),
			Network:  a.ownNetwork(c.Request),
			Code:     good["code"],
		})
	}
	a.showOutcome(c, err, a.resetPage(), changedPage)
}

// showOutcome shows done, or the form again with what was refused, or that the
// link is dead when it is the link that was refused.
func (a *API) showOutcome(c *gin.Context, err error, again, done page) {
	faults := fault.Of(err)
	switch {
	case err == nil:
		a.showPage(c, http.StatusOK, done)
	case fault.KindOf(err) == fault.Unavailable || len(faults) == 0 && late(c, err):
		// The link is as good as before: who is told that it is dead asks for another.
		c.Header("Retry-After", strconv.Itoa(seconds(lateWait)))
		a.showPage(c, http.StatusServiceUnavailable, latePage)
	case len(faults) == 0:
		_ = c.Error(err)
		a.showPage(c, http.StatusInternalServerError, page{Title: "Something went wrong", Message: "Please try again later."})
	case len(again.Inputs) == 0 || linkRefused(faults):
		a.showPage(c, http.StatusNotFound, deadPage)
	default:
		for _, f := range faults {
			again.Errors = append(again.Errors, f.Message)
		}
		a.showPage(c, http.StatusBadRequest, again)
	}
}

func linkRefused(faults fault.List) bool {
	return faults[0].Field == "uid" || faults[0].Field == "token"
}

func (a *API) showPage(c *gin.Context, status int, p page) {
	if p.Form {
		p.Token = a.pageToken(c)
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		a.refuse(c, err)
		return
	}
	// The page's address holds a secret. The Referrer-Policy "same-origin" of every
	// answer keeps it from other sites; "no-referrer" would make the browser send
	// "Origin: null" with our own form, which is then refused as forged.
	c.Header("Content-Security-Policy", pagePolicy)
	c.Data(status, "text/html; charset=utf-8", out.Bytes())
}

// pageToken returns a form token for the CSRF cookie, and sets one when there is none.
func (a *API) pageToken(c *gin.Context) string {
	kept, err := a.csrfCookie(c.Request)
	if err != nil {
		kept = a.newCSRFSecret()
		a.options.CSRFCookie.set(c.Writer, kept, a.Clock.Now())
	}
	c.Writer.Header().Add("Vary", "Cookie") // beside the Origin of CORS
	return sessions.MaskCSRF(kept, a.Random.Text(sessions.CSRFSecretLength, sessions.CSRFAlphabet))
}

func (a *API) csrfCookie(r *http.Request) (secret.String, error) {
	cookie, err := cookieOf(r, a.options.CSRFCookie.Name)
	if err != nil {
		return secret.String{}, err
	}
	return sessions.ParseCSRFCookie(cookie.Value)
}

// checkPageForm refuses a form that another site's page sent.
func (a *API) checkPageForm(c *gin.Context) error {
	request := a.csrfRequest(c.Request)
	raw, err := io.ReadAll(http.MaxBytesReader(nil, c.Request.Body, maxBody))
	if err != nil {
		return err
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(raw))
	if in, err := parseInput(raw, c.GetHeader("Content-Type")); err == nil {
		came, _ := in.field("csrfmiddlewaretoken")
		request.FormToken = came.text
	}
	return sessions.CheckCSRF(request)
}
