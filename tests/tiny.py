"""A model of transformers with random weights, small enough to be made in a test."""

CHAT = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
SPECIAL = ("<|im_start|>", "<|im_end|>")


def save_tiny(folder, *, template=None, special=(), width=32, context=256, seed=0):
    """Save a Qwen2 of two layers and a tokenizer of bytes (and of the ``special`` tokens) to ``folder``.

    It never ends an answer by itself: special tokens have a score of 0, far below the best.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {one: number for number, one in enumerate(alphabet)} | {"<end>": len(alphabet)}
    tokenizer = Tokenizer(models.BPE(words, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    saved = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>")
    if special:
        saved.add_special_tokens({"additional_special_tokens": list(special)})
    saved.chat_template = template
    saved.save_pretrained(folder)
    torch.manual_seed(seed)
    shape = Qwen2Config(
        vocab_size=len(saved) + 8, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=context, initializer_range=0.5,
        eos_token_id=saved.eos_token_id, pad_token_id=saved.pad_token_id, bos_token_id=None,
    )  # fmt: skip
    model = Qwen2ForCausalLM(shape)
    model.lm_head.weight.data[len(alphabet) :] = 0
    model.save_pretrained(folder)
    return str(folder)
