namespace Gymkhana.Core.Files;

/// <summary>A file that cannot be opened or read: missing, a folder, not permitted, a failing disk. The message is one line.</summary>
public sealed class FileReadException : GymkhanaException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">Why it cannot be read and what to do; ends with a full stop.</param>
    /// <param name="innerException">The cause.</param>
    public FileReadException(string path, string problem, Exception? innerException = null)
        : base($"Cannot read {FileText.OneLine(path)}: {problem}", innerException)
    {
        Path = path;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Explains a failure of the operating system.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cause">What the operating system said.</param>
    /// <returns>The exception to throw.</returns>
    internal static FileReadException From(string path, Exception cause)
    {
        string problem = cause switch
        {
            _ when Directory.Exists(path) => "it is a folder. Name a file in it.",
            FileNotFoundException or DirectoryNotFoundException => "there is no such file. Check the name and the folder.",
            UnauthorizedAccessException => "the system does not permit it. Check the file's permissions.",
            _ => FileText.OneLine(cause.Message),
        };
        return new FileReadException(path, problem, cause);
    }
}
