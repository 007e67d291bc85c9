package lang

// stateTexts: what a row's state is called, by batch.State.
var stateTexts = Texts{
	"state.invalid":   {"无效", "invalid"},
	"state.duplicate": {"重复", "duplicate"},
	"state.pending":   {"待发送", "pending"},
	"state.sending":   {"发送中", "sending"},
	"state.unknown":   {"结果未知", "unknown"},
	"state.held":      {"待人工处理", "held"},
	"state.completed": {"已完成", "completed"},
	"state.declined":  {"被拒绝", "declined"},
}
