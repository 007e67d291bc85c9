package lang

// operateTexts: what the operator of cmd/batchcomplete reads around a run.
var operateTexts = Texts{
	"batchcomplete.plan.prod":     {"生产环境 PRODUCTION:真实扣款,appId %s", "PRODUCTION: real money moves, appId %s"},
	"batchcomplete.plan.ask.prod": {"输入 prod 才会发送:", "Type prod to send: "},
	"batchcomplete.key.practice":  {"这是演练用的 appId,不能用于生产环境", "this appId is for practice, and is not for production"},
}
