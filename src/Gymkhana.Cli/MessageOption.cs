using System.CommandLine;
using Gymkhana.Core;
using Gymkhana.Core.Policies;
using Gymkhana.Learning.MultiAgent;

namespace Gymkhana.Cli;

/// <summary>What a person may do to the messages of a team, to see what they are worth.</summary>
internal static class MessageOption
{
    private static readonly (string Word, MessageFate Fate)[] Words = [("kept", MessageFate.Kept), ("cut", MessageFate.Cut), ("shuffled", MessageFate.Shuffled)];

    public static Option<string?> Build(string more) => new("--messages")
    {
        Description = "what becomes of a team's messages: kept, cut (none arrives), or shuffled (taken for those of another)" + more,
        HelpName = "FATE",
    };

    /// <summary>A policy whose messages fare as a word says.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="word">kept, cut or shuffled.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="GymkhanaException">No such word, or a policy without messages.</exception>
    public static IPolicy Apply(IPolicy policy, string word)
    {
        int found = Array.FindIndex(Words, w => w.Word == word);
        if (found < 0)
        {
            throw UnknownNameException.For("fate of messages", word, Words.Select(w => w.Word), "they are " + string.Join(", ", Words.Select(w => w.Word)));
        }

        return Words[found].Fate == MessageFate.Kept ? policy
            : policy is TeamPolicy { Network.Description.Messages: not Learning.MultiAgent.Messages.MessageKind.None } team ? team.With(Words[found].Fate)
            : throw new UsageException($"'{policy.Name}' has no messages that could be {word}. Leave --messages out, or give a team that was trained with messages ('gymkhana train mappo').");
    }
}
