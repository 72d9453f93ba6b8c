using Gymkhana.Core;

namespace Gymkhana.Learning.Datasets;

/// <summary>A dataset that cannot be made, read or used; the message is one line: which file, what was wrong, what to do.</summary>
public sealed class DatasetException : GymkhanaException
{
    /// <summary>A failure with its line.</summary>
    /// <param name="message">One line for a person.</param>
    public DatasetException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with its line and its cause.</summary>
    /// <param name="message">One line for a person.</param>
    /// <param name="innerException">What caused it.</param>
    public DatasetException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
