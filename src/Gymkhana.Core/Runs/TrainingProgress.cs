namespace Gymkhana.Core.Runs;

/// <summary>How a training goes, after one iteration.</summary>
/// <param name="Report">What the iteration brought.</param>
/// <param name="PlannedIterations">Iterations asked for in all; 0 for no such limit.</param>
/// <param name="TotalAgentSteps">Agent-steps of the run so far.</param>
/// <param name="AgentStepsPerSecond">Speed of this iteration.</param>
/// <param name="WallSeconds">Wall-clock time of training so far, s.</param>
/// <param name="SecondsLeft">Estimated time to the nearest of the limits, s; null when there is none.</param>
public sealed record TrainingProgress(
    TrainingReport Report,
    long PlannedIterations,
    long TotalAgentSteps,
    double AgentStepsPerSecond,
    double WallSeconds,
    double? SecondsLeft);

/// <summary>Told about a training while it goes on.</summary>
public interface ITrainingObserver
{
    /// <summary>Something a person should know, in one line.</summary>
    /// <param name="line">The line.</param>
    void Note(string line);

    /// <summary>An iteration is done.</summary>
    /// <param name="progress">How it stands.</param>
    void Advanced(TrainingProgress progress);

    /// <summary>Training is over; the champion is about to be scored.</summary>
    void Scoring();
}
