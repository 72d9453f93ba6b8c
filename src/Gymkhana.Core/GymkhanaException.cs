namespace Gymkhana.Core;

/// <summary>A failure with files or configuration, told in one clear line: what, where, expected, got, next step.</summary>
public class GymkhanaException : Exception
{
    /// <summary>Creates the exception with the line to show.</summary>
    public GymkhanaException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the line to show and what caused it.</summary>
    public GymkhanaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
