package ginhttp

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/registration"
	"latchkey/application/selfservice"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

func userRequest(method, body string) sent {
	return sent{method: method, path: userPath, body: body}.with("Content-Type", asJSON, "Authorization", "Token "+goodToken)
}

func TestContributorsAddFieldsAndReplaceNone(t *testing.T) {
	w := newWorld()
	w.profile.Extra = map[string]any{
		"pk": 1, "username": "root", "email": "evil@example.com", "first_name": "x", "last_name": "x",
		"team": "a<&>b", "roles": []string{"x"},
	}
	want := bobJSON[:len(bobJSON)-1] + `,"roles":["x"],"team":"a<&>b"}`
	requireAnswer(t, userRequest("GET", "").to(w.api(t)), 200, want)
	requireAnswer(t, userRequest("PATCH", "{}").to(w.api(t)), 200, want)
	w.profile.Extra = map[string]any{"pk": 1}
	requireAnswer(t, userRequest("GET", "").to(w.api(t)), 200, bobJSON)
}

func TestReadOnlyFieldsAreIgnored(t *testing.T) {
	w := newWorld()
	body := `{"pk":1,"id":1,"email":"evil@example.com","is_staff":true,"is_superuser":true,"password":"x","last_name":"New"}`
	requireAnswer(t, userRequest("PATCH", body).to(w.api(t)), 200, bobJSON)
	last := "New"
	require.Equal(t, []selfservice.UpdateProfile{{LastName: &last}}, w.updates)
}

func TestAUsernameIsVettedBesideOtherRefusals(t *testing.T) {
	w := newWorld()
	w.vetErr = accounts.ErrUsernameTaken.On("username")
	got := userRequest("PUT", `{"username":"alice","first_name":null}`).to(w.api(t))
	require.Equal(t, 400, got.Code)
	require.JSONEq(t, `{"first_name":["This field may not be null."],"username":["`+accounts.ErrUsernameTaken.Message+`"]}`, got.Body.String())
	require.Equal(t, []string{"alice"}, w.vetted)
	require.Empty(t, w.updates)
	requireAnswer(t, userRequest("PUT", `{}`).to(w.api(t)), 400, `{"username":["This field is required."]}`)
}

func TestTheOldPasswordIsToldWithTheOtherRefusals(t *testing.T) {
	w := newWorld()
	w.oldErr = selfservice.ErrOldPasswordWrong
	api := w.api(t, func(o *Options) { o.OldPassword = true })
	request := postJSON(changePath, `{"old_password":"x","new_password1":"a"}`, "Authorization", "Token "+goodToken)
	require.JSONEq(t, `{"new_password2":["This field is required."],"old_password":["`+selfservice.ErrOldPasswordWrong.Message+`"]}`, request.to(api).Body.String())
	w.oldErr = selfservice.ErrTooManyAttempts
	require.Equal(t, 429, request.to(api).Code, "who guesses is told nothing else")
	w.oldErr = credentials.ErrLimitsUnavailable.After(5 * time.Second)
	got := request.to(api)
	requireAnswer(t, got, 503, `{"detail":"Attempts cannot be counted at the moment. Try again later."}`)
	require.Equal(t, "5", got.Header().Get("Retry-After"))
	w.oldErr = nil
	requireAnswer(t, request.to(api), 400, `{"new_password2":["This field is required."]}`)
}

func TestARegistrationIsVettedBesideOtherRefusals(t *testing.T) {
	w := newWorld()
	w.refused = fault.List{accounts.ErrUsernameTaken.On("username")}
	got := postJSON("/dj-rest-auth/registration/", `{"username":"bob","email":"x","password1":"p"}`).to(w.api(t))
	require.Equal(t, 400, got.Code)
	require.JSONEq(t, `{"username":["`+accounts.ErrUsernameTaken.Message+`"],"email":["Enter a valid email address."],"password2":["This field is required."]}`, got.Body.String())
	require.Len(t, w.got, 1)
	require.Nil(t, w.got[0].Email, "a refused value goes no further")
	require.Nil(t, w.got[0].Repeat)
	require.Equal(t, "p", w.got[0].Password.Reveal())
}

func TestARegistrationAnswersWithATokenOrTheWordOfAMail(t *testing.T) {
	const body = `{"username":"bob","password1":"p","password2":"p"}`
	w := newWorld()
	requireAnswer(t, postJSON("/dj-rest-auth/registration/", body).to(w.api(t)), 201, `{"key":"`+goodToken+`"}`)
	w.registered = registration.Registered{Pending: true}
	requireAnswer(t, postJSON("/dj-rest-auth/registration/", body).to(w.api(t)), 201, `{"detail":"Verification e-mail sent."}`)
	closed := w.api(t, func(o *Options) { o.RegistrationNeedsSignIn = true })
	require.Equal(t, 401, postJSON("/dj-rest-auth/registration/", body).to(closed).Code)
}

// Upstream mails the oldest address in the table then.
func TestResendingToNobodyMailsNobody(t *testing.T) {
	w := newWorld()
	requireAnswer(t, postJSON("/dj-rest-auth/registration/resend-email/", `{}`).to(w.api(t)), 200, `{"detail":"ok"}`)
	require.Empty(t, w.resent)
	requireAnswer(t, postJSON("/dj-rest-auth/registration/resend-email/", `{"email":"bob@example.com"}`).to(w.api(t)), 200, `{"detail":"ok"}`)
	require.Equal(t, []string{"bob@example.com"}, w.resent)
}

func TestAResetAnswersTheSameForEveryAddress(t *testing.T) {
	w := newWorld()
	requireAnswer(t, postForm("/dj-rest-auth/password/reset/", "email=bob%40example.com").to(w.api(t)), 200, `{"detail":"Password reset e-mail has been sent."}`)
	require.Equal(t, []string{"bob@example.com"}, w.resets)
	confirm := `{"uid":"7","token":"good-token","new_password1":" a ","new_password2":"a"}`
	requireAnswer(t, postJSON("/dj-rest-auth/password/reset/confirm/", confirm).to(w.api(t)), 200, `{"detail":"Password has been reset with the new password."}`)
	require.Equal(t, "a", w.confirms[0].Password.Reveal())
}
