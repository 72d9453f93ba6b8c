using Gymkhana.Core;

namespace Gymkhana.Tensors.Onnx;

/// <summary>A model that is not run. The message is one line: which file and node, what is wrong, what was expected, the next step.</summary>
public sealed class OnnxRefusedException : GymkhanaException
{
    /// <summary>A refusal.</summary>
    /// <param name="reason">Why, and what to do; one line.</param>
    /// <param name="innerException">The cause, if something else noticed it.</param>
    public OnnxRefusedException(string reason, Exception? innerException = null)
        : base(OnnxText.OneLine(reason), innerException)
    {
    }

    /// <summary>The refusal with the file it is about.</summary>
    /// <param name="origin">The file.</param>
    /// <returns>The exception to throw instead.</returns>
    internal OnnxRefusedException Of(string origin) => new($"{origin}: {Message}", InnerException ?? this);
}
