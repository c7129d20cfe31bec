package bootstrap

import (
	"os"

	"go.uber.org/fx"

	"latchkey/adapters/smtpmail"
	"latchkey/application/ports"
	"latchkey/bootstrap/config"
)

// Mail writes mails and hands them over.
var Mail = fx.Module("mail",
	fx.Provide(
		newComposer,
		newTransport,
		fx.Annotate(smtpmail.NewMailer, fx.As(new(ports.Mailer))),
	),
)

func newComposer(cfg config.Config) (*smtpmail.Composer, error) {
	return smtpmail.NewComposer(nil, smtpmail.Options{
		From:          cfg.Mail.From.String(),
		SubjectPrefix: cfg.Accounts.SubjectPrefix,
		Plain:         !cfg.Endpoints.Allauth,
	})
}

func newTransport(cfg config.Config) (smtpmail.Transport, error) {
	to := cfg.Mail.Transport
	switch to.Kind {
	case config.MailFile:
		return smtpmail.NewDir(to.Dir)
	case config.MailSMTP:
		return smtpmail.NewSMTP(smtpmail.SMTPConfig{
			Host:     to.Host,
			Port:     to.Port,
			Username: to.Username,
			Password: to.Password,
			TLS:      smtpmail.TLSMode(to.TLS),
		})
	}
	return smtpmail.NewConsole(os.Stderr), nil
}
