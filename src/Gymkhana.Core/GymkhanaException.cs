namespace Gymkhana.Core;

/// <summary>A failure that a person can act on: its message is one line that says what, where, what was expected and the next step.</summary>
public class GymkhanaException : Exception
{
    /// <summary>A failure with its line.</summary>
    /// <param name="message">The line.</param>
    public GymkhanaException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with its line and its cause.</summary>
    /// <param name="message">The line.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public GymkhanaException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
