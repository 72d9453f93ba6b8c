namespace Gymkhana.Core.Files;

/// <summary>A file that cannot be written; what was there before is untouched. The message is one line.</summary>
public sealed class FileWriteException : GymkhanaException
{
    // The codes of a full disk: ENOSPC and EDQUOT of Unix, ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL of Windows.
    private static readonly int[] FullDisk = [28, 122, 69, unchecked((int)0x80070027), unchecked((int)0x80070070)];

    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">Why it cannot be written and what to do; ends with a full stop.</param>
    /// <param name="innerException">The cause.</param>
    public FileWriteException(string path, string problem, Exception? innerException = null)
        : base($"Cannot write {FileText.OneLine(path)}: {problem}", innerException)
    {
        Path = path;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Explains a failure of the operating system.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cause">What the operating system said.</param>
    /// <returns>The exception to throw.</returns>
    internal static FileWriteException From(string path, Exception cause)
    {
        string problem = cause switch
        {
            UnauthorizedAccessException => "the system does not permit it. Check the permissions of file and folder, or choose another.",
            DirectoryNotFoundException => "its folder does not exist. Create it, or choose another.",
            PathTooLongException => "the name is too long. Choose a shorter one.",
            IOException when Array.IndexOf(FullDisk, cause.HResult) >= 0 => "the disk is full. Free some space, or choose another disk.",
            _ => FileText.OneLine(cause.Message),
        };
        return new FileWriteException(path, problem, cause);
    }
}
