using System.Text.Json.Serialization;

namespace Gymkhana.Learning.MultiAgent.Messages;

/// <summary>How what neighbours say becomes one message.</summary>
public enum MessageKind
{
    /// <summary>Nobody hears anything.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The mean of what is heard (CommNet).</summary>
    [JsonStringEnumMemberName("mean")]
    Mean,

    /// <summary>A graph convolution.</summary>
    [JsonStringEnumMemberName("gcn")]
    Gcn,

    /// <summary>Graph attention.</summary>
    [JsonStringEnumMemberName("gat")]
    Gat,

    /// <summary>Graph attention whose scores depend on both ends and on the numbers of the link.</summary>
    [JsonStringEnumMemberName("gatv2")]
    GatV2,

    /// <summary>Signatures and queries (TarMAC).</summary>
    [JsonStringEnumMemberName("tarmac")]
    Tarmac,

    /// <summary>A transformer over the last frames received of each neighbour, then graph attention.</summary>
    [JsonStringEnumMemberName("transformer")]
    Transformer,
}
