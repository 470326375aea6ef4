-- SPDX-License-Identifier: MIT
-- usage: wai <cases in JSON>
-- As serve.mjs, by Network.Wai.EventSource of wai-extra, on Warp.
{-# LANGUAGE OverloadedStrings #-}
import Data.Aeson
import qualified Data.ByteString.Builder as B
import qualified Data.ByteString.Lazy.Char8 as L
import Data.IORef
import Data.Maybe (fromJust)
import Data.Text (Text, unpack)
import Data.Text.Encoding (encodeUtf8Builder)
import Control.Concurrent (forkIO)
import Control.Monad (void)
import Network.Wai (Application, pathInfo)
import Network.Wai.EventSource
import Network.Wai.Handler.Warp (defaultSettings, openFreePort, runSettingsSocket)
import System.Environment (getArgs)
import System.IO
import System.Info (compilerVersion)
import Data.Version (showVersion)

data Given = Given
  { kind, ident, comment :: Maybe Text
  , retry :: Maybe Int
  , datum :: Maybe Value
  }

instance FromJSON Given where
  parseJSON = withObject "an event" $ \o ->
    Given <$> o .:? "type" <*> o .:? "id" <*> o .:? "comment" <*> o .:? "retry" <*> o .:? "data"

events :: Given -> [ServerEvent]
events given =
  [CommentEvent (encodeUtf8Builder text) | Just text <- [comment given]]
    ++ [RetryEvent time | Just time <- [retry given]]
    ++ [ ServerEvent (encodeUtf8Builder <$> kind given) (encodeUtf8Builder <$> ident given) [shown value]
       | Just value <- [datum given] ]
  where
    shown (String text) = encodeUtf8Builder text
    shown value = B.lazyByteString (encode value)

app :: [Given] -> Application
app cases request respond = do
  let chosen = cases !! read (unpack (last (pathInfo request)))
      end = Given Nothing Nothing Nothing Nothing (Just "end")
  left <- newIORef (events chosen ++ events end)
  let next = atomicModifyIORef' left $ \rest -> case rest of
        first : others -> (others, first)
        [] -> ([], CloseEvent)
  eventSourceAppIO next request respond

main :: IO ()
main = do
  [cases] <- getArgs
  (port, socket) <- openFreePort
  let given = fromJust (decode (B.toLazyByteString (B.stringUtf8 cases)))
  void $ forkIO $ runSettingsSocket defaultSettings socket (app given)
  L.putStrLn $ encode $ object
    [ "port" .= port, "runtime" .= ("ghc " ++ showVersion compilerVersion), "lacks" .= ([] :: [Text]) ]
  hFlush stdout
  rest <- getContents
  length rest `seq` pure ()
