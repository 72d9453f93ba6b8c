namespace Gymkhana.Core.Runs;

/// <summary>A run folder that cannot be made, read or written.</summary>
public sealed class RunException : GymkhanaException
{
    /// <summary>A failure with its line.</summary>
    /// <param name="message">One line for a person.</param>
    public RunException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with its line and its cause.</summary>
    /// <param name="message">One line for a person.</param>
    /// <param name="innerException">What caused it.</param>
    public RunException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
