namespace Gymkhana.Lab.Live;

/// <summary>Something simulated that a client watches; <see cref="Playback"/> moves it as the client wants it. Used by one task.</summary>
internal interface IShow
{
    /// <summary>The seed it begins with.</summary>
    ulong Seed { get; }

    /// <summary>What the client drives, or null.</summary>
    Hand? Hand { get; }

    /// <summary>Whether there is nothing more to come until it is begun anew or sought in.</summary>
    bool IsAtEnd { get; }

    /// <summary>Begins anew.</summary>
    void Restart(ulong seed);

    /// <summary>Makes one step.</summary>
    void Step();

    /// <summary>Goes on.</summary>
    /// <param name="seconds">By this much simulated time, s.</param>
    void Advance(double seconds);

    /// <summary>Goes to a moment, or a part of the way.</summary>
    /// <param name="seconds">Simulated time since the beginning, s.</param>
    /// <returns>Whether it is there; else it is asked again, after what is seen on the way was sent.</returns>
    bool GoTowards(double seconds);

    /// <summary>Tells what it is, before the first frame.</summary>
    Task BeginAsync(LabSocket socket);

    /// <summary>Tells what has happened and how it looks.</summary>
    /// <param name="socket">Where to.</param>
    /// <param name="frame">Number of the frame.</param>
    Task SendAsync(LabSocket socket, uint frame);
}
