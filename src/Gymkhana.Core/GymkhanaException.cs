namespace Gymkhana.Core;

/// <summary>
/// Something a person can put right: a damaged file, a wrong setting, a full disk. The message is one clear line that says what,
/// where, what was expected and the next step, and is shown without a stack trace.
/// </summary>
public class GymkhanaException : Exception
{
    /// <summary>Makes the exception with its one-line message.</summary>
    /// <param name="message">One line for a person: what, where, expected, got, next step.</param>
    public GymkhanaException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its one-line message and the exception that led to it.</summary>
    /// <param name="message">One line for a person: what, where, expected, got, next step.</param>
    /// <param name="innerException">The cause, shown only when a person asks for details.</param>
    public GymkhanaException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
