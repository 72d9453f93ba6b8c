namespace Gymkhana.Core.Randomness;

/// <summary>What an episode seed may be used for; its top two bits.</summary>
public enum SeedPurpose
{
    /// <summary>Given by a person: any number below 2^62.</summary>
    User = 0,

    /// <summary>Episodes a learner trains on.</summary>
    Training = 1,

    /// <summary>Episodes that choose between candidates of one run.</summary>
    Validation = 2,

    /// <summary>Episodes that score a finished policy; never trained or chosen on.</summary>
    Test = 3,
}
