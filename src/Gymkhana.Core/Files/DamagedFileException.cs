namespace Gymkhana.Core.Files;

/// <summary>
/// A file that is damaged, or of a kind that is refused. The message is one line: which file, what was wrong, what to do.
/// </summary>
public sealed class DamagedFileException : GymkhanaException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="origin">The file, or the file and the member within it.</param>
    /// <param name="problem">What was wrong, with what was expected; no full stop.</param>
    /// <param name="nextStep">What a person can do about it; one sentence.</param>
    /// <param name="innerException">The cause, if another library noticed it.</param>
    public DamagedFileException(string origin, string problem, string nextStep, Exception? innerException = null)
        : base($"{FileText.OneLine(origin)}: {problem}. {nextStep}", innerException)
    {
        Origin = origin;
    }

    /// <summary>The file, or the file and the member within it.</summary>
    public string Origin { get; }
}
